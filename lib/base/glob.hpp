#pragma once

#include <string>
#include <string_view>

namespace wheelfix {

/// Whether `glob` matches the whole of `text`, as POSIX fnmatch without flags: `*`, `?` and `[...]` match `/`
/// too, and a backslash escapes the next character. Bytes, not characters.
bool glob_matches(const std::string& glob, const std::string& text);

/// Whether the text has a character that makes it more than a plain name.
bool is_glob(std::string_view text) noexcept;

/// A path as a glob that matches only it.
std::string literal_glob(std::string_view path);

}  // namespace wheelfix
