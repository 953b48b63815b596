#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wheelfix {

/// A METADATA or WHEEL file: `Key: value` lines, folded ones too, then an optional blank line and body. Every byte that isn't set stays
/// as it is: `to_string` of a parsed document is the text that was parsed. Keys are compared without case.
/// Source: packaging.python.org, "Core metadata specifications" (an e-mail header block, UTF-8).
class HeaderDocument {
 public:
  /// Throws Error{bad_wheel} with subject `subject:line` for a header line without a colon, a first line that is folded, or a NUL.
  static HeaderDocument parse(std::string_view text, std::string_view subject);

  /// The first value of a key, unfolded and without surrounding white space.
  std::optional<std::string> get(std::string_view key) const;
  std::vector<std::string> get_all(std::string_view key) const;
  /// What follows the blank line; empty where there is none.
  std::string_view body() const;

  /// The document with the first `key`'s value replaced, every other byte as it was, the header's spelling and line ending too. A key that
  /// isn't there is appended as the last header.
  HeaderDocument with(std::string_view key, std::string_view value) const;

  const std::string& to_string() const { return text_; }

 private:
  struct Field {
    std::string key;          ///< as spelled
    std::size_t value_begin;  ///< offsets into text_
    std::size_t value_end;    ///< before the last line's ending
  };
  std::string text_;
  std::vector<Field> fields_;
  std::size_t headers_end_ = 0;
  std::size_t body_begin_ = 0;
};

}  // namespace wheelfix
