#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#pragma GCC visibility push(default)
namespace wheelfix {

/// One row of RECORD, from `Record::parse` or `make`. `text` is the exact row in the file, without its line
/// ending.
struct RecordRow {
  std::string path;  ///< unquoted, and without a leading `./`
  std::string hash;  ///< `sha256=…`, urlsafe base64 without padding; empty if the row has none
  std::string size;  ///< decimal digits; empty if the row has none
  std::string text;

  /// A row with its text made: fields are quoted only if CSV requires it.
  static RecordRow make(std::string path, std::string hash, std::string size);

  bool operator==(const RecordRow&) const = default;
};

/// A wheel's RECORD: CSV by RFC 4180 as Python's csv module reads it, one row per file, each with its exact
/// text. Blank lines aren't rows: they stay until other rows are set. A byte order mark is part of the first
/// path, as for Python. `parse` and `to_string` round-trip every byte, whether the last row is ended or not,
/// with LF, CRLF, CR or a mixture.
class Record {
 public:
  /// Throws Error{bad_wheel} with subject `subject:line` for an unclosed quote, a row without three fields,
  /// or a size that isn't a number, and Error{limit_exceeded} for more than `max_rows`: a row of three bytes
  /// takes over a hundred here.
  static Record parse(std::string_view text, std::string_view subject, std::size_t max_rows = any_number);
  static constexpr auto any_number = static_cast<std::size_t>(-1);

  const std::vector<RecordRow>& rows() const& { return rows_; }
  std::vector<RecordRow> rows() && {
    return std::move(rows_);
  }  ///< so that a loop over a temporary's rows is safe
  /// The first row for a path, or nullptr. Logarithmic.
  const RecordRow* find(std::string_view path) const;

  /// Lines without a row. pip fails on them; they come from an extra line feed at the end, or from CR CR LF,
  /// which a csv writer in text mode makes on Windows.
  std::size_t blank_lines() const;

  /// The same RECORD with other rows and without blank lines. A row that is here with the same text keeps its
  /// line ending; others get the line ending that most rows have. The last row has one if it had one before.
  Record with_rows(std::vector<RecordRow> rows) const;

  std::string to_string() const;

 private:
  struct Indexed {
    std::size_t path_hash;
    std::size_t index;
  };

  void index_rows();
  std::optional<std::size_t> index_of(std::string_view path) const;
  std::string ending_of(const RecordRow& row) const;

  std::vector<RecordRow> rows_;
  std::string before_rows_;           ///< blank lines
  std::vector<std::string> endings_;  ///< each row's own line ending with the blank lines after it
  std::string line_ending_ = "\n";
  std::vector<Indexed> by_path_;  ///< of rows_, sorted by the path's hash, then the path, then the index
};

}  // namespace wheelfix
#pragma GCC visibility pop
