#pragma once

#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/finding.hpp>  // printable

namespace wheelfix {

// ASCII only, whatever the locale: wheels, versions and diffs are defined over bytes.
constexpr bool is_ascii_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
constexpr bool is_ascii_alpha(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_ascii_alnum(char c) noexcept {
  return is_ascii_digit(c) || is_ascii_alpha(c);
}
constexpr char ascii_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string ascii_lower(std::string_view text);

/// The pieces between separators; one piece if there is no separator, like Python's str.split.
std::vector<std::string_view> split(std::string_view text, char separator);

/// Without leading and trailing spaces, tabs, CR and LF.
std::string_view trim(std::string_view text);

/// The part after the last `/` of a path, and the part before, with the slash.
constexpr std::string_view file_name(std::string_view path) noexcept {
  return path.substr(path.rfind('/') + 1);
}
constexpr std::string_view folder_part(std::string_view path) noexcept {
  return path.substr(0, path.rfind('/') + 1);
}

bool contains(const std::vector<std::string>& texts, std::string_view text);

bool is_ascii(std::string_view text) noexcept;
bool is_valid_utf8(std::string_view text) noexcept;

/// `1 file`, `2 files`; the plural adds an s unless given.
std::string counted(std::size_t count, std::string_view singular, std::string_view plural = {});

}  // namespace wheelfix
