#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "python/literal_value.hpp"
#include "python/source.hpp"

namespace wheelfix::python {

/// A string literal, or several side by side, which are one.
struct StringLiteral {
  std::size_t begin = 0;  ///< byte offsets in the file, prefix and quotes included
  std::size_t end = 0;
  LiteralKind kind = LiteralKind::text;
  bool is_format = false;  ///< a part of it is an f-string or t-string
  /// As append_value writes it, with `*` for each field of an f-string, so that it can be used as a glob.
  std::string value;
};

/// The literal whose first token is this, which must be a string or format_start. Throws Error{bad_python}.
StringLiteral read_literal(const Source& source, std::size_t token);

/// All string literals of a file, those within fields of f-strings too, in order of where they begin. Throws
/// Error{bad_python} for an escape that Python refuses.
std::vector<StringLiteral> string_literals(const Source& source);

}  // namespace wheelfix::python
