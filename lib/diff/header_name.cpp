#include "diff/header_name.hpp"

#include <algorithm>
#include <wheelfix/diff.hpp>

#include "base/text.hpp"
#include "diff/timestamp.hpp"

namespace wheelfix {
namespace {

constexpr std::size_t max_names_size = 16384;  // trying each space of a line without end would be quadratic

struct Unquoted {
  std::string name;
  std::string_view rest;  // after the closing quote
};

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

std::optional<char> octal_byte(std::string_view digits) {
  if (digits.size() < 3 || digits[0] > '3') return std::nullopt;
  unsigned value = 0;
  for (const char c : digits.substr(0, 3)) {
    if (!is_octal(c)) return std::nullopt;
    value = value * 8 + static_cast<unsigned>(c - '0');
  }
  return static_cast<char>(value);
}

std::optional<char> letter_escape(char c) {
  constexpr std::string_view letters = "abtnvfr\"\\";
  constexpr std::string_view bytes = "\a\b\t\n\v\f\r\"\\";
  const auto at = letters.find(c);
  if (at == letters.npos) return std::nullopt;
  return bytes[at];
}

// `text` begins after a backslash; removes the escape from it.
std::optional<char> take_escape(std::string_view& text) {
  const bool octal = !text.empty() && is_octal(text.front());
  const auto byte = octal ? octal_byte(text) : text.empty() ? std::nullopt : letter_escape(text.front());
  if (byte) text.remove_prefix(octal ? 3 : 1);
  return byte;
}

std::optional<Unquoted> unquote(std::string_view text) {
  text.remove_prefix(1);
  Unquoted result;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '"') {
      result.rest = text;
      return result;
    }
    const auto byte = c == '\\' ? take_escape(text) : std::optional(c);
    if (!byte) return std::nullopt;
    result.name += *byte;
  }
  return std::nullopt;
}

std::string_view after_first_component(std::string_view name) {
  const auto slash = name.find('/');
  return slash == name.npos ? std::string_view() : name.substr(slash + 1);
}

// Whether the name is `tail` after a prefix of whole components, or `tail` itself.
bool belong_together(std::string_view old_name, std::string_view new_name, std::string_view old_tail,
                     std::string_view new_tail) {
  if (old_name.empty() || new_name.empty()) return false;
  if (!old_tail.empty() || !new_tail.empty())
    return ends_in(old_name, old_tail) && ends_in(new_name, new_tail);
  if (old_name == "/dev/null" || new_name == "/dev/null" || old_name == new_name) return true;
  const auto tail = after_first_component(old_name);
  return !tail.empty() && tail == after_first_component(new_name);
}

std::optional<std::pair<std::string, std::string>> split_quoted(std::string_view text) {
  const auto first = unquote(text);
  if (!first || first->name.empty() || !first->rest.starts_with(' ')) return std::nullopt;
  auto second = parse_lone_name(first->rest.substr(1));
  if (!second) return std::nullopt;
  return std::pair(first->name, std::move(*second));
}

std::optional<std::pair<std::string, std::string>> split_before_quote(std::string_view text,
                                                                      std::size_t quote) {
  const auto second = unquote(text.substr(quote));
  if (quote < 2 || text[quote - 1] != ' ' || !second || second->name.empty() || !second->rest.empty())
    return std::nullopt;
  return std::pair(std::string(text.substr(0, quote - 1)), second->name);
}

bool has_component(std::string_view name, bool (*wanted)(std::string_view)) {
  const auto components = split(name, '/');
  for (const auto component : components) {
    if (wanted(component)) return true;
  }
  return false;
}

bool begins_with_drive(std::string_view component) {
  return component.size() >= 2 && is_ascii_alpha(component[0]) && component[1] == ':';
}

}  // namespace

bool ends_in(std::string_view name, std::string_view tail) {
  return name == tail ||
         (name.size() > tail.size() && name.ends_with(tail) && name[name.size() - tail.size() - 1] == '/');
}

std::optional<HeaderName> parse_header_name(std::string_view text) {
  if (text.starts_with('"')) {
    auto quoted = unquote(text);
    if (!quoted || quoted->name.empty()) return std::nullopt;
    return HeaderName{std::move(quoted->name), is_epoch_timestamp(quoted->rest)};
  }
  const auto tab = text.find('\t');
  const auto name = tab == text.npos ? without_timestamp(text) : text.substr(0, tab);
  if (name.empty()) return std::nullopt;
  return HeaderName{std::string(name), is_epoch_timestamp(text.substr(name.size()))};
}

std::optional<std::string> parse_lone_name(std::string_view text) {
  if (!text.starts_with('"')) return text.empty() ? std::nullopt : std::optional(std::string(text));
  auto quoted = unquote(text);
  if (!quoted || !quoted->rest.empty() || quoted->name.empty()) return std::nullopt;
  return std::move(quoted->name);
}

std::optional<std::pair<std::string, std::string>> parse_git_names(std::string_view text,
                                                                   std::string_view old_tail,
                                                                   std::string_view new_tail) {
  if (text.starts_with('"')) return split_quoted(text);
  if (const auto quote = text.find('"'); quote != text.npos) return split_before_quote(text, quote);
  if (text.size() > max_names_size) return std::nullopt;
  for (auto space = text.find(' '); space != text.npos; space = text.find(' ', space + 1)) {
    const auto old_name = text.substr(0, space);
    const auto new_name = text.substr(space + 1);
    if (belong_together(old_name, new_name, old_tail, new_tail))
      return std::pair(std::string(old_name), std::string(new_name));
  }
  return std::nullopt;
}

std::optional<std::string> name_fault(std::string_view name) {
  if (name.starts_with('/')) return "is absolute";
  if (name.find('\0') != name.npos) return "has a NUL byte";
  if (name.find('\\') != name.npos) return "has a backslash";
  if (name.ends_with('/')) return "is a folder";
  if (has_component(name, [](std::string_view component) { return component == ".."; }))
    return "climbs out with '..'";
  if (has_component(name, begins_with_drive)) return "has a drive letter";
  return std::nullopt;
}

std::string strip_components(std::string_view name, unsigned strip) {
  for (; strip > 0; --strip) {
    const auto slash = name.find('/');
    if (slash == name.npos) return {};
    name.remove_prefix(slash);
    name.remove_prefix(std::min(name.size(), name.find_first_not_of('/')));
  }
  return std::string(name);
}

}  // namespace wheelfix
