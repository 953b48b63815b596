#include "diff/git_name.hpp"

#include <algorithm>

namespace wheelfix {

namespace {

bool needs_quotes(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte >= 0x7F || c == '"' || c == '\\';
}

void append_escaped(std::string& out, char c) {
  static constexpr std::string_view plain = "\a\b\t\n\v\f\r\"\\";
  static constexpr std::string_view letters = "abtnvfr\"\\";
  out += '\\';
  if (const auto at = plain.find(c); at != std::string_view::npos) {
    out += letters[at];
    return;
  }
  const auto byte = static_cast<unsigned char>(c);
  for (const int shift : {6, 3, 0}) out += static_cast<char>('0' + (byte >> shift & 7));
}

std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (needs_quotes(c)) {
      append_escaped(out, c);
    } else {
      out += c;
    }
  }
  return out += '"';
}

}  // namespace

std::string quote_git_name(std::string_view name) {
  return std::any_of(name.begin(), name.end(), needs_quotes) ? quoted(name) : std::string(name);
}

std::string quote_git_name_with_spaces(std::string_view name) {
  return name.find(' ') == std::string_view::npos ? quote_git_name(name) : quoted(name);
}

}  // namespace wheelfix
