#include "common/completion.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <wheelfix/error.hpp>
#include <wheelfix/finding_catalogue.hpp>
#include <wheelfix/named_recipes.hpp>

namespace cli {

namespace {

using Files = Completion::Files;
using Values = std::vector<std::pair<std::string, std::string>>;

Values recipe_names() {
  Values values;
  try {
    for (const auto& [name, folder] : wheelfix::find_named_recipes()) values.emplace_back(name, "");
  } catch (const wheelfix::Error&) {
    // said when the command runs
  }
  return values;
}

Values finding_codes() {
  Values values;
  for (const auto& group : wheelfix::finding_catalogue())
    for (const auto& info : group.findings) values.emplace_back(info.name, "");
  return values;
}

/// The values of what --help calls `CODE`, `LAYOUT` and so on, as far as they are known.
Values known_values(std::string_view name) {
  if (name == "RECIPE") return recipe_names();
  if (name.starts_with("CODE")) return finding_codes();
  if (name == "LAYOUT") return {{"shared", ""}, {"symlinks", ""}, {"split", ""}};
  if (name == "SHELL") return {{"bash", ""}, {"zsh", ""}, {"fish", ""}};
  return {};
}

/// Which files a value is, by what --help calls it: `DIR`, `WHEEL|LIBRARY`, `[FOLDER...]`.
Files kind_of_files(std::string_view name) {
  const auto has_one_of = [&](std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&](auto word) { return name.find(word) != name.npos; });
  };
  if (has_one_of({"="})) return Files::none;  // a part of it is a file at most
  if (has_one_of({"FILE", "PATH", "LIBRARY", "OLD", "NEW", "DELTA", "PYTHON"})) return Files::files;
  if (has_one_of({"WHEEL", "SOURCE"})) return Files::wheels;  // these are among folders
  return has_one_of({"DIR", "FOLDER"}) ? Files::folders : Files::none;
}

/// What the usage line calls its n-th argument; the last one stands for all that follow.
std::string argument_name(std::string_view usage, std::size_t n) {
  std::vector<std::string> names;
  bool is_value = false;  // of an option
  while (!usage.empty()) {
    const auto end = std::min(usage.find(' '), usage.size());
    std::string word(usage.substr(0, end));
    usage.remove_prefix(std::min(end + 1, usage.size()));
    const bool is_of_option = std::exchange(is_value, word.find("--") != word.npos);
    if (const auto option = word.find("|--"); option != word.npos) word.erase(option);
    if (!is_of_option && !word.starts_with("-") && !word.starts_with("[-") && word != "[OPTION...]")
      names.push_back(std::move(word));
  }
  if (names.empty()) return {};
  return names[std::min(n, names.size() - 1)];
}

/// The option that a word names, without a value in the word.
const Option* option_of(const CommandHelp& help, std::string_view word) {
  if (word.size() < 2 || !word.starts_with("-")) return nullptr;
  const auto* option = help.find(word.substr(word.starts_with("--") ? 2 : 1));
  return option == nullptr || !std::ranges::count(option->words(), word) ? nullptr : option;
}

bool takes_value(const Option* option) {
  return option != nullptr && !option->value.empty() && !option->value.starts_with("[");
}

void offer_value(Completion& completion, std::string_view typed, const Option& option) {
  for (const auto& choice : option.choices) completion.offer(typed, choice);
  for (const auto& [value, meaning] : known_values(option.value)) completion.offer(typed, value, meaning);
  completion.files = kind_of_files(option.value);
}

/// What was typed before the last word.
struct Typed {
  std::vector<const Option*> options;
  std::size_t arguments = 0;
  const Option* open = nullptr;  ///< its value is what is typed
  bool has_ended_options = false;
};

Typed read_words(const CommandHelp& help, std::span<const std::string> words) {
  Typed typed;
  for (const auto& word : words) {
    if (word == "=" && typed.open == nullptr && !typed.options.empty()) {
      typed.open = typed.options.back();
    } else if (word == "=") {
      continue;
    } else if (typed.open != nullptr) {
      typed.open = nullptr;
    } else if (!typed.has_ended_options && word == "--") {
      typed.has_ended_options = true;
    } else if (!typed.has_ended_options && word.starts_with("-")) {
      const auto* option = option_of(help, std::string_view(word).substr(0, word.find('=')));
      if (option != nullptr) typed.options.push_back(option);
      if (takes_value(option) && word.find('=') == word.npos) typed.open = option;
    } else {
      ++typed.arguments;
    }
  }
  return typed;
}

void offer_options(Completion& completion, const CommandHelp& help, const Typed& before,
                   std::string_view word) {
  for (const auto& group : help.groups) {
    for (const auto& option : group.options) {
      const bool is_given = std::ranges::count(before.options, &option) > 0;
      if (!is_given || option.is_repeatable) completion.offer(word, option.words().back(), option.summary);
    }
  }
}

}  // namespace

void Completion::offer(std::string_view typed, std::string value, std::string meaning) {
  if (value.starts_with(typed)) values.emplace_back(std::move(value), std::move(meaning));
}

Completion complete(const CommandHelp& help, std::span<const std::string> words) {
  Completion completion;
  if (words.empty()) return completion;
  std::string_view word = words.back();
  auto before = read_words(help, words.first(words.size() - 1));
  if (word == "=") {  // the value after it isn't begun
    if (before.open == nullptr && !before.options.empty()) before.open = before.options.back();
    word = "";
  }
  if (before.open != nullptr) {
    offer_value(completion, word, *before.open);
  } else if (!before.has_ended_options && word.starts_with("-")) {
    const auto equals = word.find('=');
    const auto* option = equals == word.npos ? nullptr : option_of(help, word.substr(0, equals));
    if (option == nullptr) {
      offer_options(completion, help, before, word);
    } else if (!option->value.empty()) {
      completion.prefix = word.substr(0, equals + 1);
      offer_value(completion, word.substr(equals + 1), *option);
    }
  } else {
    const auto name = argument_name(help.arguments, before.arguments);
    for (const auto& [value, meaning] : known_values(name.starts_with("[") ? name.substr(1) : name))
      completion.offer(word, value, meaning);
    completion.files = kind_of_files(name);
  }
  return completion;
}

std::string to_string(const Completion& completion) {
  constexpr std::array kinds = {"none", "files", "folders", "wheels"};
  std::string text = kinds[static_cast<std::size_t>(completion.files)];
  text += "\t" + completion.prefix + "\n";
  for (const auto& [value, meaning] : completion.values) text += value + "\t" + meaning + "\n";
  return text;
}

}  // namespace cli
