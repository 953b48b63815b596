#pragma once

#include <string>

#include "python/source.hpp"

namespace wheelfix::python {

enum class LiteralKind : std::uint8_t { text, bytes };

/// How the inside of a string literal is to be read.
struct LiteralForm {
  LiteralKind kind = LiteralKind::text;
  bool raw = false;
  bool format = false;         ///< f or t: a doubled brace is one
  std::size_t body_begin = 0;  ///< after prefix and quotes
  std::size_t body_end = 0;
};

/// The form of a token of kind string, or of the format_start before a format_text.
LiteralForm literal_form(const Source& source, const Token& token);

/// Appends the value of [begin, end) of the file, which is inside of a literal of this form: text as UTF-8,
/// surrogates like `surrogatepass` writes them, bytes unchanged. `\N{NAME}` becomes `*`, because the names of
/// characters aren't known here. In an encoding other than UTF-8 and Latin-1, a byte from 0x80 on becomes
/// U+FFFD. Throws Error{bad_python} for an escape that Python refuses.
void append_value(std::string& out, const Source& source, const LiteralForm& form, std::size_t begin,
                  std::size_t end);

}  // namespace wheelfix::python
