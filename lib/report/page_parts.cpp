#include "report/page_parts.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "base/html_text.hpp"
#include "report/page_texts.hpp"

namespace wheelfix {
namespace {

using Parts = std::map<std::string_view, std::string_view>;

Parts read_parts(std::string_view text) {
  constexpr std::string_view begin = "<!-- part: ", end = " -->\n";
  Parts parts;
  while (!text.empty()) {
    const auto name_end = text.find(end);
    const auto name = text.substr(begin.size(), name_end - begin.size());
    text.remove_prefix(name_end + end.size());
    const auto next = std::min(text.find(begin), text.size());
    parts.emplace(name, text.substr(0, next));
    text.remove_prefix(next);
  }
  return parts;
}

std::string_view text_of(std::string_view name) {
  static const auto parts = read_parts(page_parts);
  return parts.at(name);
}

}  // namespace

PartValue::PartValue(std::string_view name, std::string_view text) : name_(name), html_(html_escape(text)) {}
PartValue::PartValue(std::string_view name, std::size_t number)
    : name_(name), html_(std::to_string(number)) {}

Markup part(std::string_view name, std::initializer_list<PartValue> values) {
  auto text = text_of(name);
  Markup result;
  for (auto at = text.find("{{"); at != text.npos; at = text.find("{{")) {
    const auto end = text.find("}}", at);
    const auto wanted = text.substr(at + 2, end - at - 2);
    const auto value = std::ranges::find(values, wanted, &PartValue::name);
    if (value == values.end()) throw std::logic_error("no value for " + std::string(wanted));
    result.html += text.substr(0, at);
    result.html += value->html();
    text.remove_prefix(end + 2);
  }
  result.html += text;
  return result;
}

Markup with_code(std::string_view text) {
  Markup result;
  while (!text.empty()) {
    const auto begin = text.find('`');
    const auto end = begin == text.npos ? text.npos : text.find('`', begin + 1);
    if (end == text.npos) break;
    result.html += html_escape(text.substr(0, begin));
    const auto code = text.substr(begin + 1, end - begin - 1);
    auto marked = part(code.find(' ') == code.npos ? "code" : "command", {{"text", code}});
    marked.html.pop_back();  // the line's end, after which a comma may follow
    result += marked;
    text.remove_prefix(end + 1);
  }
  result.html += html_escape(text);
  return result;
}

}  // namespace wheelfix
