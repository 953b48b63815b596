#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)
namespace wheelfix {

/// A METADATA or WHEEL file: `Key: value` lines, which may be folded, then an optional blank line and body.
/// Every byte that isn't set stays: `to_string` of a parsed document is the text that was parsed. Keys ignore
/// case. Source: packaging.python.org, "Core metadata specifications" (an e-mail header block, UTF-8). Read
/// as Python's email.parser does: LF, CRLF and CR end a line, and a line that is neither blank, folded nor
/// `Key: value` ends the headers and belongs to the body (published wheels have a Summary with a line break
/// in it, and install). Rejected: skipping a byte order mark, because installers don't.
class HeaderDocument {
 public:
  struct Header {
    std::string key;                         ///< as spelled
    std::string value;                       ///< unfolded and without surrounding white space
    std::optional<std::size_t> source = {};  ///< its place among the headers of the document that it is from
  };

  /// Throws Error{bad_wheel} with subject `subject:line` for a first line that is folded or isn't `Key:
  /// value`, and for a NUL in a header; Error{limit_exceeded} for more than 100,000 headers.
  static HeaderDocument parse(std::string_view text, std::string_view subject);

  /// The first value of a key, unfolded and without surrounding white space.
  std::optional<std::string> get(std::string_view key) const;
  std::vector<std::string> get_all(std::string_view key) const;
  /// All headers, in their order.
  std::vector<Header> headers() const;
  /// The first value of a key as Python's email.parser gives it: what follows the colon and blanks, folded.
  std::optional<std::string> get_folded(std::string_view key) const;
  /// The number, from 1, of the first line on which a value of the key continues, without the white space
  /// around it.
  std::optional<std::size_t> folded_line(std::string_view key) const;
  /// What follows the blank line, or what stray_line begins; empty if there is none.
  std::string_view body() const;
  /// The number, from 1, of the line that ended the headers although it isn't blank: readers find no header
  /// after it.
  std::optional<std::size_t> stray_line() const { return stray_line_; }

  /// The document with the first `key`'s value replaced, and every other byte unchanged, also the header's
  /// spelling and line ending. A missing key is appended as the last header. Throws Error{usage} for a key
  /// with a space or colon and a value with a line break or NUL.
  HeaderDocument with(std::string_view key, std::string_view value) const;
  /// The document with these headers before its body. One with a source keeps the bytes of its lines, but for
  /// its value if that differs. One without is written `key: value`, with the line ending of the header
  /// before it. If the text ends in a header without a line ending, so does the new one. Throws as `with`.
  HeaderDocument with_headers(const std::vector<Header>& headers) const;

  const std::string& to_string() const { return text_; }

 private:
  struct Field {
    std::string key;          ///< as spelled
    std::size_t value_begin;  ///< offsets into text_
    std::size_t value_end;
    std::size_t raw_begin;  ///< after the colon
    std::size_t raw_end;    ///< before the last line's break
  };

  bool take_line(std::string_view line, std::size_t begin);
  void end_headers(std::size_t headers_end, std::size_t body_begin);
  void trim_values();
  const Field* find(std::string_view key) const;
  std::string value_of(const Field& field) const;
  std::string written(const Header& header, std::string_view line_break) const;

  std::string text_;
  std::vector<Field> fields_;
  std::size_t headers_end_ = 0;
  std::size_t body_begin_ = 0;
  std::optional<std::size_t> stray_line_;
};

}  // namespace wheelfix
#pragma GCC visibility pop
