#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace wheelfix {

/// The lines of a text that the caller keeps alive, found by offset: nothing is copied. Only the last line
/// may lack its `\n`; an empty text has no line.
class Lines {
 public:
  explicit Lines(std::string_view text);

  std::size_t size() const { return starts_.size() - 1; }
  std::string_view text() const { return text_; }

  /// The line without its `\n`; a `\r` before it is kept.
  std::string_view operator[](std::size_t index) const;
  bool has_newline(std::size_t index) const { return text_[starts_[index + 1] - 1] == '\n'; }
  bool has_crlf(std::size_t index) const { return has_newline(index) && (*this)[index].ends_with('\r'); }

  /// The bytes of the lines [first, last), line ends and all.
  std::string_view range(std::size_t first, std::size_t last) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;  // one more than lines: the last is the text's size
};

}  // namespace wheelfix
