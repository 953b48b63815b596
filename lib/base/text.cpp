#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "base/hidden_character.hpp"
#include "base/hidden_ranges.hpp"

namespace wheelfix {

namespace {

constexpr std::string_view white_space = " \t\r\n";

/// Bytes of the UTF-8 sequence at the start of `text`, or 0 where there is no valid one (overlong forms and
/// surrogates are none).
std::size_t utf8_sequence_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xC2 && lead < 0xE0   ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool beyond = (lead == 0xED && byte(1) >= 0xA0) || (lead == 0xF4 && byte(1) >= 0x90);
  return overlong || beyond ? 0 : length;
}

/// The character of one whole sequence.
char32_t code_point(std::string_view sequence) noexcept {
  const auto lead = static_cast<unsigned char>(sequence.front());
  if (sequence.size() == 1) return lead;
  char32_t value = lead & (0x7FU >> sequence.size());
  for (const char next : sequence.substr(1)) value = value << 6 | (static_cast<unsigned char>(next) & 0x3FU);
  return value;
}

bool is_hidden(char32_t c) noexcept {
  if (c >= 0x20 && c < 0x7F) return false;
  const auto range = std::ranges::lower_bound(hidden_ranges, c, {}, &CodeRange::last);
  return range != std::end(hidden_ranges) && range->first <= c;
}

std::string escaped_up_to(std::size_t most, std::string_view text) {
  const auto size = text.size();
  std::string out;
  while (!text.empty()) {
    if (out.size() >= most) return out + fmt::format("... ({} bytes in all)", size);
    const std::size_t length = utf8_sequence_length(text);
    const auto lead = static_cast<unsigned char>(text.front());
    const char32_t character = length == 0 ? lead : code_point(text.substr(0, length));
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

bool is_valid_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string_view hidden_character(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    if (length > 0 && is_hidden(code_point(text.substr(0, length)))) return text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return {};
}

std::string counted(std::size_t count, std::string_view singular, std::string_view plural) {
  if (count == 1) return fmt::format("1 {}", singular);
  return plural.empty() ? fmt::format("{} {}s", count, singular) : fmt::format("{} {}", count, plural);
}

}  // namespace wheelfix
