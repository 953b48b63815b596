#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wheelfix {

// All by the Unicode version of utf8proc.

struct Character {
  char32_t value = 0;
  std::size_t length = 0;  ///< of it in UTF-8, in bytes; 0 if the text doesn't begin with one
};

/// The one at the start of `text`. Overlong forms and surrogates aren't characters.
Character first_character(std::string_view text) noexcept;

/// Whether a character isn't visible, or changes how the rest is shown: categories Cc, Cf, Zl and Zp, and
/// what Unicode leaves to private use (Co) or doesn't assign (Cn). uv refuses names with the same ones,
/// except Zl and Zp.
bool is_hidden(char32_t character) noexcept;

/// A name as file systems compare it that ignore case and normal form, as those of Windows and macOS do, each
/// in its own way: canonically decomposed and fully case-folded (Unicode, definition D145). In text that
/// isn't UTF-8 only ASCII is folded.
std::string folded_name(std::string_view name);

}  // namespace wheelfix
