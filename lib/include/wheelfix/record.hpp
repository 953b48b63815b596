#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)
namespace wheelfix {

/// One row of RECORD. Those of a Record are views into what it holds, valid as long as it or a copy of it.
struct RecordRow {
  std::string_view path;  ///< unquoted, and without a leading `./`
  std::string_view hash;  ///< `sha256=…`, urlsafe base64 without padding; empty if the row has none
  std::string_view size;  ///< decimal digits; empty if the row has none
  /// The exact row in the file, without its line ending. Empty in a row for `with_rows`, which makes it then:
  /// fields are quoted only if CSV requires it.
  std::string_view text;

  bool operator==(const RecordRow&) const = default;
};

/// A wheel's RECORD: CSV by RFC 4180 as Python's csv module reads it, one row per file, each with its exact
/// text. Blank lines aren't rows: they stay until other rows are set. A byte order mark is part of the first
/// path, as for Python. `parse` and `to_string` round-trip every byte, whether the last row is ended or not,
/// with LF, CRLF, CR or a mixture. Copies share what they hold.
class Record {
 public:
  Record();
  // Without a move, after which there would be no rows: a copy costs as little.
  Record(const Record&) = default;
  Record& operator=(const Record&) = default;
  ~Record() = default;

  /// Throws Error{bad_wheel} with subject `subject:line` for an unclosed quote, a row without three fields,
  /// or a size that isn't a number, and Error{limit_exceeded} for more than `max_rows`: a row of three bytes
  /// takes over fifty here.
  static Record parse(std::string text, std::string_view subject, std::size_t max_rows = any_number);
  static constexpr auto any_number = static_cast<std::size_t>(-1);

  const std::vector<RecordRow>& rows() const&;
  void rows() const&& = delete;  // a loop over a temporary's rows would read what is gone
  /// The first row for a path, or nullptr. Logarithmic.
  const RecordRow* find(std::string_view path) const&;
  void find(std::string_view path) const&& = delete;

  /// Lines without a row. pip fails on them; they come from an extra line feed at the end, or from CR CR LF,
  /// which a csv writer in text mode makes on Windows.
  std::size_t blank_lines() const;

  /// The same RECORD with other rows and without blank lines. A row that is here with the same text keeps its
  /// line ending; others get the line ending that most rows have. The last row has one if it had one before.
  /// Throws as `parse` for a size that isn't a number.
  Record with_rows(const std::vector<RecordRow>& rows) const;
  /// Its text.
  std::string to_string_with(const std::vector<RecordRow>& rows) const;

  const std::string& to_string() const&;
  std::string to_string() const&& { return static_cast<const Record&>(*this).to_string(); }

 private:
  struct State;

  std::string_view ending(std::size_t index) const;
  std::string_view ending_of(std::string_view path, std::string_view text, std::string_view other) const;
  std::string_view prevailing_line_break() const;

  std::shared_ptr<const State> state_;
};

}  // namespace wheelfix
#pragma GCC visibility pop
