#include "common/command_help.hpp"

#include <nlohmann/json.hpp>

namespace cli {

namespace {

using Json = nlohmann::ordered_json;

std::string_view long_name(const Option& option) {
  return std::string_view(option.names).substr(option.names.find(',') + 1);
}

Json to_json(const std::string& title, const Option& option) {
  return {{"title", title.empty() ? Json(nullptr) : Json(title)},
          {"names", option.words()},
          {"value", option.value.empty() ? Json(nullptr) : Json(option.value)},
          {"repeatable", option.is_repeatable},
          {"choices", option.choices},
          {"summary", option.summary}};
}

}  // namespace

std::string Option::key() const {
  return std::string(long_name(*this));
}

std::vector<std::string> Option::words() const {
  std::vector<std::string> words;
  if (const auto comma = names.find(','); comma != names.npos) words.push_back("-" + names.substr(0, comma));
  const auto name = long_name(*this);
  words.push_back((name.size() == 1 ? "-" : "--") + std::string(name));
  return words;
}

const Option* CommandHelp::find(std::string_view name) const {
  for (const auto& group : groups) {
    for (const auto& option : group.options) {
      for (const std::string_view word : option.words())
        if (word.substr(word.find_first_not_of('-')) == name) return &option;
    }
  }
  return nullptr;
}

Json to_json(const CommandHelp& help) {
  auto options = Json::array();
  for (const auto& group : help.groups)
    for (const auto& option : group.options) options.push_back(to_json(group.title, option));
  return {{"program", help.program},
          {"arguments", help.arguments},
          {"description", help.description},
          {"options", options},
          {"example", help.example}};
}

}  // namespace cli
