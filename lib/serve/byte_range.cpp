#include "serve/byte_range.hpp"

#include <algorithm>
#include <limits>

#include "base/text.hpp"

namespace wheelfix {

namespace {

/// Digits alone; a number that is too large for 64 bits is the largest one. Nothing for an empty text.
std::optional<std::uint64_t> parse_position(std::string_view text) {
  constexpr auto largest = std::numeric_limits<std::uint64_t>::max();
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (!is_ascii_digit(c)) return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    value = value > (largest - digit) / 10 ? largest : value * 10 + digit;
  }
  return value;
}

ByteRange part_of_file(std::uint64_t first, std::uint64_t last, std::uint64_t file_size) {
  if (first >= file_size) return {ByteRange::Kind::outside};
  return {ByteRange::Kind::part, first, std::min(last, file_size - 1) - first + 1};
}

}  // namespace

ByteRange parse_range(std::optional<std::string_view> header, std::uint64_t file_size) {
  constexpr std::string_view unit = "bytes=";
  if (!header || ascii_lower(header->substr(0, unit.size())) != unit) return {};
  const auto range = trim(header->substr(unit.size()));
  const auto dash = range.find('-');
  if (dash == std::string_view::npos) return {};
  const auto first = parse_position(range.substr(0, dash));
  const auto last = parse_position(range.substr(dash + 1));
  if (dash == 0) {  // the last bytes
    if (!last) return {};
    if (*last == 0) return {ByteRange::Kind::outside};
    return part_of_file(file_size - std::min(*last, file_size), file_size, file_size);
  }
  if (!first) return {};
  if (dash + 1 == range.size()) return part_of_file(*first, file_size, file_size);
  if (!last || *last < *first) return {};
  return part_of_file(*first, *last, file_size);
}

}  // namespace wheelfix
