#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wheelfix {

/// A line of a file as an error shows it: control characters as C escapes, so that no terminal obeys them,
/// and bytes from 0x80 too if the line isn't UTF-8; a backslash stays. Cut with `...` if it is longer than
/// `limit` bytes.
std::string excerpt(std::string_view line, std::size_t limit = 100);

}  // namespace wheelfix
