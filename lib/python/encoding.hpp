#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace wheelfix::python {

/// How a file's bytes encode characters. In each of these a byte below 0x80 is always that ASCII character.
enum class Encoding : std::uint8_t { utf8, latin1, other };

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// What the file's byte order mark, its cookie (`# coding: latin-1` in one of the first two lines) or the
/// lack of both says. Throws Error{bad_python} for an encoding in which parts of other characters look like
/// ASCII (Shift JIS, GBK, UTF-7), and for one that isn't known. Source: PEP 263.
Encoding source_encoding(std::string_view text, const std::string& subject);

/// Appends a character as UTF-8; a surrogate too, as Python's `surrogatepass` does.
void append_utf8(std::string& out, std::uint32_t character);

}  // namespace wheelfix::python
