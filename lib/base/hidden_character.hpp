#pragma once

#include <string>
#include <string_view>

namespace wheelfix {

/// Like printable(), but not cut if it is long: for what is written and not shown.
std::string escaped(std::string_view text);

/// The first character of a text that isn't visible, or that changes how the rest is shown: controls, format
/// characters (of direction, without width), line ends and what Unicode doesn't assign, its categories Cc,
/// Cf, Zl, Zp, Co and Cn. Empty if there is none.
std::string_view hidden_character(std::string_view text) noexcept;

}  // namespace wheelfix
