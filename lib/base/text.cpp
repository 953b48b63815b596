#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/hidden_character.hpp"
#include "base/unicode.hpp"

namespace wheelfix {

namespace {

constexpr std::string_view white_space = " \t\r\n";

std::string escaped_up_to(std::size_t most, std::string_view text) {
  const auto size = text.size();
  std::string out;
  while (!text.empty()) {
    if (out.size() >= most) return out + fmt::format("... ({} bytes in all)", size);
    const auto [character, length] = first_character(text);
    const auto lead = static_cast<unsigned char>(text.front());
    if (lead == '\\') {
      out += "\\\\";
    } else if (length == 0 || (length == 1 && is_hidden(character))) {
      out += fmt::format("\\x{:02x}", lead);
    } else if (length > 1 && is_hidden(character)) {
      out += fmt::format(fmt::runtime(length < 4 ? "\\u{:04x}" : "\\U{:08x}"),
                         static_cast<std::uint32_t>(character));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}  // namespace

std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return ascii_lower(c); });
  return lower;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (std::size_t begin = 0;;) {
    const auto end = text.find(separator, begin);
    pieces.push_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) return pieces;
    begin = end + 1;
  }
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(white_space);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(white_space) - begin + 1);
}

std::string printable(std::string_view text) {
  return escaped_up_to(2000, text);
}

std::string escaped(std::string_view text) {
  return escaped_up_to(std::string::npos, text);
}

bool contains(const std::vector<std::string>& texts, std::string_view text) {
  return std::ranges::find(texts, text) != texts.end();
}

// All bytes are looked at, so that the compiler takes many at once.
bool is_ascii(std::string_view text) noexcept {
  unsigned char bits = 0;
  for (const char c : text) bits |= static_cast<unsigned char>(c);
  return bits < 0x80;
}

bool is_valid_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    if (is_ascii(text.substr(0, 64))) {
      text.remove_prefix(std::min<std::size_t>(text.size(), 64));
      continue;
    }
    const auto length = first_character(text).length;
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string_view hidden_character(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto [character, length] = first_character(text);
    if (length > 0 && is_hidden(character)) return text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return {};
}

std::string counted(std::size_t count, std::string_view singular, std::string_view plural) {
  if (count == 1) return fmt::format("1 {}", singular);
  return plural.empty() ? fmt::format("{} {}s", count, singular) : fmt::format("{} {}", count, plural);
}

}  // namespace wheelfix
