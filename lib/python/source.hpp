#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "python/encoding.hpp"

namespace wheelfix::python {

/// A token of Python's lexical analysis. An f-string, or a t-string, is not one token but several, like in
/// Python 3.12 and later: its start, literal parts, each field between `{` and `}` (with those of its format
/// specification within), its end. A plain string or bytes literal is one.
struct Token {
  enum class Kind : std::uint8_t {
    name,  ///< keywords too
    number,
    string,
    format_start,  ///< prefix and opening quote
    format_text,   ///< a literal part, not empty, with its escapes and doubled braces
    format_end,    ///< the closing quote
    op,
    newline,  ///< of a logical line: its characters; without any at the end of a file that lacks them
    end,      ///< the last token, without characters
  };
  static constexpr std::uint32_t no_partner = UINT32_MAX;

  Kind kind = Kind::end;
  /// For opening brackets and format_start the index of the token that closes, for these that of the opening
  /// one.
  std::uint32_t partner = no_partner;
  std::size_t begin = 0;  ///< byte offsets in the file
  std::size_t end = 0;
};

/// A file of Python code, cut into tokens. It doesn't own the text, which must outlive it.
struct Source {
  std::string_view text;
  std::string subject;  ///< the file's name in errors
  Encoding encoding = Encoding::utf8;
  std::size_t code_begin = 0;  ///< after a byte order mark
  std::vector<Token> tokens;
  /// For each logical line in its order the offset of the physical line that it begins on.
  std::vector<std::size_t> lines;

  std::string_view text_of(const Token& token) const {
    return text.substr(token.begin, token.end - token.begin);
  }
  bool is_op(std::size_t token, std::string_view op) const {
    return tokens[token].kind == Token::Kind::op && text_of(tokens[token]) == op;
  }
  bool is_name(std::size_t token, std::string_view name) const {
    return tokens[token].kind == Token::Kind::name && text_of(tokens[token]) == name;
  }
};

/// More than files have that people write: CPython's own have up to 300 kB and 70,000 tokens, generated ones
/// some MB. A token takes 24 bytes here, and may be a single byte in the file.
constexpr std::size_t max_source_size = 8 << 20;
constexpr std::size_t max_tokens = 1'000'000;

/// Cuts a file into tokens, in time linear in its size. What every Python 3 refuses to read is refused, with
/// the line: bytes that the encoding doesn't allow, NUL, a string or bracket without end, a character that
/// begins no token. So is a file over one of these limits. Indentation and grammar aren't checked. Source:
/// The Python Language Reference, chapter 2, and PEP 701 for f-strings, whose rules read those of older
/// Pythons too. Throws Error{bad_python}.
Source read_source(std::string_view text, const std::string& subject);

/// Throws Error{bad_python}, naming the line of `offset`.
[[noreturn]] void throw_bad_python(std::string_view text, const std::string& subject, std::size_t offset,
                                   const std::string& message);

/// The line of an offset, from 1. CR LF, CR and LF end lines.
std::size_t line_number(std::string_view text, std::size_t offset);

/// The length of the line end at `offset`: 2 for CR LF, 1 for CR or LF, else 0.
inline std::size_t line_end_length(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return 0;
  if (text[offset] == '\n') return 1;
  if (text[offset] != '\r') return 0;
  return offset + 1 < text.size() && text[offset + 1] == '\n' ? 2 : 1;
}

}  // namespace wheelfix::python
