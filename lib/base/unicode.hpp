#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wheelfix {

// By the tables of the Unicode version that utf8proc has.

struct Character {
  char32_t value = 0;
  std::size_t length = 0;  ///< of it in UTF-8, in bytes; 0 if the text doesn't begin with one
};

/// That at the start of `text`. Overlong forms and surrogates are none.
Character first_character(std::string_view text) noexcept;

/// Whether a character isn't seen where it is shown, or changes how the rest is: categories Cc, Cf, Zl and
/// Zp, and what Unicode leaves to private use (Co) or doesn't assign (Cn). uv refuses names by the same ones,
/// but for Zl and Zp.
bool is_hidden(char32_t character) noexcept;

/// A name as file systems compare it that tell neither upper from lower case nor one normal form from
/// another, as those of Windows and macOS do each in its way: canonically decomposed and fully case-folded
/// (Unicode, definition D145). In what is no UTF-8 only ASCII counts.
std::string folded_name(std::string_view name);

}  // namespace wheelfix
