#include "serve/request_path.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace wheelfix {

namespace {

std::optional<int> hex_digit(char c) {
  if (is_ascii_digit(c)) return c - '0';
  const char low = ascii_lower(c);
  return low >= 'a' && low <= 'f' ? std::optional(low - 'a' + 10) : std::nullopt;
}

std::optional<std::string> unquote(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const auto high = hex_digit(text[i + 1]);
    const auto low = hex_digit(text[i + 2]);
    if (!high || !low) return std::nullopt;
    plain += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return plain;
}

bool is_name(std::string_view name) {
  const auto is_odd = [](char c) { return c == '/' || static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  return !name.empty() && name.front() != '.' && std::ranges::none_of(name, is_odd);
}

}  // namespace

std::optional<RequestPath> parse_request_path(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  RequestPath parsed;
  parsed.has_slash = path.ends_with('/');
  if (path.size() == 1) return parsed;
  path.remove_prefix(1);
  if (parsed.has_slash) path.remove_suffix(1);
  for (const auto part : split(path, '/')) {
    auto name = unquote(part);
    if (!name || !is_name(*name)) return std::nullopt;
    parsed.names.push_back(std::move(*name));
  }
  return parsed;
}

}  // namespace wheelfix
