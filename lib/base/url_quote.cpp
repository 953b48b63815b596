#include "base/url_quote.hpp"

#include <charconv>

#include "base/text.hpp"

namespace wheelfix {

namespace {

/// The byte of an escape that text begins with.
std::optional<char> escaped_byte(std::string_view text) {
  unsigned byte = 0;
  const bool is_escape = text.size() >= 3 && text[0] == '%' &&
                         std::from_chars(text.data() + 1, text.data() + 3, byte, 16).ptr == text.data() + 3;
  return is_escape ? std::optional(static_cast<char>(byte)) : std::nullopt;
}

}  // namespace

bool is_unreserved(char c) noexcept {
  return is_ascii_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

std::string url_quote(std::string_view text, bool (*may_stay)(char)) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string quoted;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (may_stay(c)) {
      quoted += c;
    } else {
      quoted += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return quoted;
}

std::string url_unquote(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = escaped_byte(text.substr(i));
    plain += byte.value_or(text[i]);
    if (byte) i += 2;
  }
  return plain;
}

std::optional<std::string> url_unquote_strictly(std::string_view text) {
  for (auto at = text.find('%'); at != text.npos; at = text.find('%', at + 3))
    if (!escaped_byte(text.substr(at))) return std::nullopt;
  return url_unquote(text);
}

}  // namespace wheelfix
