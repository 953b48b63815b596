#include "python/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"
#include "python/source.hpp"

namespace wheelfix::python {
namespace {

constexpr std::string_view blanks = " \t\f";

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find_first_of("\r\n"));
}

bool is_cookie_character(char c) {
  return is_ascii_alnum(c) || c == '-' || c == '_' || c == '.';
}

// `^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)`, as PEP 263 has it.
std::optional<std::string_view> cookie(std::string_view line) {
  const auto begin = line.find_first_not_of(blanks);
  if (begin == std::string_view::npos || line[begin] != '#') return std::nullopt;
  for (auto rest = line.substr(begin); true;) {
    const auto at = rest.find("coding");
    if (at == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(at + 6);
    if (!rest.starts_with(':') && !rest.starts_with('=')) continue;
    const auto name = rest.substr(std::min(rest.find_first_not_of(" \t", 1), rest.size()));
    std::size_t length = 0;
    while (length < name.size() && is_cookie_character(name[length])) ++length;
    if (length > 0) return name.substr(0, length);
  }
}

bool is_blank_or_comment(std::string_view line) {
  const auto begin = line.find_first_not_of(blanks);
  return begin == std::string_view::npos || line[begin] == '#';
}

struct Cookie {
  std::string name;
  std::size_t offset = 0;  // of its line
};

std::optional<Cookie> find_cookie(std::string_view text) {
  const auto line = first_line(text);
  if (const auto name = cookie(line)) return Cookie{std::string(*name), 0};
  if (!is_blank_or_comment(line)) return std::nullopt;
  const auto second = line.size() + line_end_length(text, line.size());
  if (const auto name = cookie(first_line(text.substr(second)))) return Cookie{std::string(*name), second};
  return std::nullopt;
}

// One spelling for all spellings of an encoding's name.
std::string normal_name(std::string_view name) {
  std::string normal;
  for (const char c : ascii_lower(name)) {
    if (is_ascii_alnum(c)) normal += c;
  }
  return normal;
}

// Begin the names of encodings that are ASCII below 0x80; other characters take one byte or several, all from
// 0x80 on.
constexpr std::array ascii_families = {"iso8859", "cp125", "windows125", "koi8", "euc",
                                       "mac",     "cp437", "cp85",       "cp86"};

std::optional<Encoding> encoding_named(const std::string& name) {
  const auto normal = normal_name(name);
  const auto is_one_of = [&](std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, normal) != names.end();
  };
  if (is_one_of({"utf8", "u8", "utf", "utf8sig", "cp65001", "ascii", "usascii", "646"}))
    return Encoding::utf8;
  if (is_one_of({"latin1", "latin", "l1", "iso88591", "88591", "cp819"})) return Encoding::latin1;
  if (normal.starts_with("latin")) return Encoding::other;
  for (const std::string_view family : ascii_families) {
    if (normal.starts_with(family)) return Encoding::other;
  }
  return std::nullopt;
}

}  // namespace

Encoding source_encoding(std::string_view text, const std::string& subject) {
  const bool marked = text.starts_with(byte_order_mark);
  const std::size_t begin = marked ? byte_order_mark.size() : 0;
  const auto cookie = find_cookie(text.substr(begin));
  auto encoding = Encoding::utf8;
  if (cookie) {
    const auto named = encoding_named(cookie->name);
    const auto line = begin + cookie->offset;
    if (!named)
      throw_bad_python(text, subject, line,
                       fmt::format("its encoding is {}, which wheelfix doesn't read", cookie->name));
    if (marked && *named != Encoding::utf8)
      throw_bad_python(
          text, subject, line,
          fmt::format("it begins with a UTF-8 byte order mark, but its encoding is declared as {}",
                      cookie->name));
    encoding = *named;
  }
  return encoding;
}

void append_utf8(std::string& out, std::uint32_t character) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80 | (character >> shift & 0x3F)); };
  if (character < 0x80) {
    out += static_cast<char>(character);
  } else if (character < 0x800) {
    out += static_cast<char>(0xC0 | character >> 6);
    tail(0);
  } else if (character < 0x10000) {
    out += static_cast<char>(0xE0 | character >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | character >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace wheelfix::python
