#include "diff/excerpt.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace wheelfix {
namespace {

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

std::string_view shortened(std::string_view line, std::size_t limit) {
  if (line.size() <= limit) return line;
  while (limit > 0 && is_continuation(line[limit])) --limit;
  return line.substr(0, limit);
}

bool needs_escape(unsigned char byte, bool utf8) {
  return byte < 0x20 || byte == 0x7F || (byte >= 0x80 && !utf8);
}

std::string escaped(unsigned char byte) {
  if (byte == '\t') return "\\t";
  if (byte == '\r') return "\\r";
  return fmt::format("\\x{:02x}", byte);
}

}  // namespace

std::string excerpt(std::string_view line, std::size_t limit) {
  const auto shown = shortened(line, limit);
  const bool utf8 = is_valid_utf8(shown);
  std::string result;
  for (const char c : shown) {
    const auto byte = static_cast<unsigned char>(c);
    if (needs_escape(byte, utf8)) {
      result += escaped(byte);
    } else {
      result += c;
    }
  }
  if (shown.size() < line.size()) result += "...";
  return result;
}

}  // namespace wheelfix
