#include "toml/key_depth.hpp"

#include <algorithm>
#include <string>

namespace wheelfix {

namespace {

/// The length of the string or comment that `text` begins with, 0 if there is none. One that isn't closed
/// ends with its line, or, of three quotes, with the text: the parser stops there.
std::size_t opaque_length(std::string_view text) {
  const char quote = text.front();
  if (quote == '#') return std::min(text.find('\n'), text.size());
  if (quote != '"' && quote != '\'') return 0;
  const std::string triple(3, quote);
  const bool is_long = text.starts_with(triple);
  for (std::size_t i = is_long ? 3 : 1; i < text.size(); ++i) {
    if (is_long ? text.substr(i).starts_with(triple) : text[i] == quote) return i + (is_long ? 3 : 1);
    if (!is_long && text[i] == '\n') return i;
    if (text[i] == '\\' && quote == '"') ++i;
  }
  return text.size();
}

}  // namespace

std::optional<std::size_t> line_of_deep_key(std::string_view text, std::size_t max_parts) {
  std::size_t line = 1;
  std::size_t parts = 1;
  while (!text.empty()) {
    const auto length = opaque_length(text);
    const char c = text.front();
    if (length == 0 && c == '.') ++parts;
    if (length == 0 && (c == '\n' || c == '=' || c == ',' || c == '{')) parts = 1;
    if (parts > max_parts) return line;
    const auto passed = text.substr(0, std::max<std::size_t>(length, 1));
    line += static_cast<std::size_t>(std::ranges::count(passed, '\n'));
    text.remove_prefix(passed.size());
  }
  return std::nullopt;
}

}  // namespace wheelfix
