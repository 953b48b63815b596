#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)
namespace wheelfix {

/// Those of the names, which are in lower case, that are spelled most like `word`, the best first; empty if
/// not one is like it.
std::vector<std::string_view> spelled_like(std::string_view word, std::span<const std::string_view> names);

/// `a`, `a or b`, `a, b or c`.
std::string or_list(const std::vector<std::string_view>& names);

}  // namespace wheelfix
#pragma GCC visibility pop
