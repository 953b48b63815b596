#include <wheelfix/record.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include <wheelfix/error.hpp>

#include "base/text.hpp"

namespace wheelfix {

namespace {

constexpr bool is_line_break(char c) noexcept {
  return c == '\n' || c == '\r';
}
constexpr bool ends_plain_field(char c) noexcept {
  return c == ',' || is_line_break(c);
}

std::string quoted_where_needed(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

/// The line break that ends a row, from the run of them after it. CR CR LF is a CRLF that was written by a
/// file in text mode.
std::string ending_of_row(std::string_view run) {
  if (run.starts_with("\r\r\n")) return "\r\n";
  return std::string(run.substr(0, run.starts_with("\r\n") ? 2 : 1));
}

std::size_t count_line_breaks(std::string_view run) {
  std::size_t count = 0;
  for (; !run.empty(); ++count) run.remove_prefix(run.starts_with("\r\n") ? 2 : 1);
  return count;
}

/// The line break that most rows have; `\n` without rows, and the earlier of CRLF, LF, CR if two are equal.
std::string prevailing_line_break(const std::vector<std::string>& endings) {
  std::array<std::pair<std::string, std::size_t>, 3> counts{{{"\r\n", 0}, {"\n", 0}, {"\r", 0}}};
  for (const auto& ending : endings) {
    for (auto& [text, count] : counts) {
      if (!ending.empty() && ending_of_row(ending) == text) ++count;
    }
  }
  const auto most = std::ranges::max_element(counts, {}, [](const auto& c) { return c.second; });
  return most->second == 0 ? "\n" : most->first;
}

/// Reads the dialect that Python's csv module calls excel, but refuses a quote that is never closed. A quote
/// inside a field that doesn't begin with one is a character like any other, and so is what follows a closing
/// quote.
class RowReader {
 public:
  RowReader(std::string_view text, std::string_view subject) : text_(text), subject_(subject) {}

  bool at_end() const { return at_ == text_.size(); }

  /// The line breaks from here on: what ends a row, and blank lines after it.
  std::string_view read_line_breaks() {
    const auto begin = at_;
    while (!at_end() && is_line_break(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  [[noreturn]] void refuse_more_rows(std::size_t max_rows) const {
    throw Error(ErrorCode::limit_exceeded, std::string(subject_),
                fmt::format("has more than {} rows", max_rows),
                "it lists far more files than the wheel has: ask the publisher for another wheel");
  }

  RecordRow read_row() {
    if (auto row = read_plain_row()) return *std::move(row);
    row_begin_ = at_;
    std::array<std::string, 3> fields;
    std::size_t count = 0;
    do {
      std::string field = read_field();
      if (count < fields.size()) fields[count] = std::move(field);
      ++count;
    } while (take_comma());
    if (count != fields.size()) {
      fail(fmt::format("a row has 3 fields, path, hash and size, and this one has {}", count),
           "a path with a comma must be in double quotes");
    }
    auto& [path, hash, size] = fields;
    while (path.starts_with("./")) path.erase(0, 2);
    if (!std::ranges::all_of(size, is_ascii_digit)) {
      fail(fmt::format("the size '{}' is not a number", printable(size)),
           "a size is decimal digits, or nothing");
    }
    return {std::move(path), std::move(hash), std::move(size),
            std::string(text_.substr(row_begin_, at_ - row_begin_))};
  }

 private:
  bool take_comma() {
    if (at_end() || text_[at_] != ',') return false;
    ++at_;
    return true;
  }

  /// A row as nearly all are, without quotes: three fields up to a line feed. Nothing if it is another one.
  std::optional<RecordRow> read_plain_row() {
    const auto text = text_.substr(at_, text_.find('\n', at_) - at_);
    const auto comma = text.find(',');
    if (comma == text.npos) return std::nullopt;
    const auto second = text.find(',', comma + 1);
    if (second == text.npos || text.starts_with("./")) return std::nullopt;
    if (text.find('"') != text.npos || text.find('\r') != text.npos) return std::nullopt;
    const auto size = text.substr(second + 1);
    if (!std::ranges::all_of(size, is_ascii_digit)) return std::nullopt;
    at_ += text.size();
    return RecordRow{std::string(text.substr(0, comma)),
                     std::string(text.substr(comma + 1, second - comma - 1)), std::string(size),
                     std::string(text)};
  }

  std::string_view read_plain() {
    const auto begin = at_;
    while (!at_end() && !ends_plain_field(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  std::string read_field() {
    std::string field;
    if (!at_end() && text_[at_] == '"') {
      ++at_;
      field = read_quoted();
    }
    return field += read_plain();
  }

  /// Reads from after the opening quote to after the closing one.
  std::string read_quoted() {
    std::string field;
    for (;;) {
      const auto quote = text_.find('"', at_);
      if (quote == std::string_view::npos)
        fail("a quoted field has no closing quote", "a quote inside a quoted field is doubled");
      field += text_.substr(at_, quote - at_);
      at_ = quote + 1;
      if (at_end() || text_[at_] != '"') return field;
      field += '"';
      ++at_;
    }
  }

  std::size_t line_of_row() const {
    std::size_t line = 1;
    for (std::size_t i = 0; i < row_begin_; ++i) {
      if (text_[i] == '\n' || (text_[i] == '\r' && text_[i + 1] != '\n')) ++line;
    }
    return line;
  }

  [[noreturn]] void fail(std::string message, std::string hint) const {
    throw Error(ErrorCode::bad_wheel, fmt::format("{}:{}", subject_, line_of_row()), std::move(message),
                std::move(hint));
  }

  std::string_view text_;
  std::string_view subject_;
  std::size_t at_ = 0;
  std::size_t row_begin_ = 0;
};

}  // namespace

RecordRow RecordRow::make(std::string path, std::string hash, std::string size) {
  auto text = quoted_where_needed(path) + "," + quoted_where_needed(hash) + "," + quoted_where_needed(size);
  return {std::move(path), std::move(hash), std::move(size), std::move(text)};
}

Record Record::parse(std::string_view text, std::string_view subject, std::size_t max_rows) {
  RowReader reader(text, subject);
  Record record;
  record.before_rows_ = reader.read_line_breaks();
  const auto commas = static_cast<std::size_t>(std::ranges::count(text, ','));
  const auto most_rows = std::min(commas / 2, max_rows);
  record.rows_.reserve(most_rows);
  record.endings_.reserve(most_rows);
  while (!reader.at_end()) {
    if (record.rows_.size() == max_rows) reader.refuse_more_rows(max_rows);
    record.rows_.push_back(reader.read_row());
    record.endings_.emplace_back(reader.read_line_breaks());
  }
  record.line_ending_ = prevailing_line_break(record.endings_);
  record.index_rows();
  return record;
}

const RecordRow* Record::find(std::string_view path) const {
  const auto index = index_of(path);
  return index ? &rows_[*index] : nullptr;
}

std::optional<std::size_t> Record::index_of(std::string_view path) const {
  const auto key = std::pair(std::hash<std::string_view>()(path), path);
  const auto key_at = [&](const Indexed& row) {
    return std::pair(row.path_hash, std::string_view(rows_[row.index].path));
  };
  const auto found = std::ranges::lower_bound(by_path_, key, {}, key_at);
  if (found == by_path_.end() || rows_[found->index].path != path) return std::nullopt;
  return found->index;
}

std::string Record::ending_of(const RecordRow& row) const {
  const auto old = index_of(row.path);
  if (!old || rows_[*old].text != row.text || endings_[*old].empty()) return line_ending_;
  return ending_of_row(endings_[*old]);
}

std::size_t Record::blank_lines() const {
  std::size_t count = count_line_breaks(before_rows_);
  for (const auto& ending : endings_) count += ending.empty() ? 0 : count_line_breaks(ending) - 1;
  return count;
}

Record Record::with_rows(std::vector<RecordRow> rows) const {
  Record record;
  record.line_ending_ = line_ending_;
  record.endings_.reserve(rows.size());
  std::size_t next = 0;  // rows come mostly in the order that they have here
  for (const auto& row : rows) {
    const bool is_next = next < rows_.size() && rows_[next].text == row.text && !endings_[next].empty();
    record.endings_.push_back(is_next ? ending_of_row(endings_[next]) : ending_of(row));
    if (is_next) {
      ++next;
    } else if (const auto old = index_of(row.path)) {
      next = *old + 1;
    }
  }
  if (!rows.empty() && !endings_.empty() && endings_.back().empty()) record.endings_.back().clear();
  record.rows_ = std::move(rows);
  record.index_rows();
  return record;
}

std::string Record::to_string() const {
  std::size_t size = before_rows_.size();
  for (std::size_t i = 0; i < rows_.size(); ++i) size += rows_[i].text.size() + endings_[i].size();
  std::string text;
  text.reserve(size);
  text += before_rows_;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    text += rows_[i].text;
    text += endings_[i];
  }
  return text;
}

void Record::index_rows() {
  by_path_.reserve(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i)
    by_path_.push_back({std::hash<std::string_view>()(rows_[i].path), i});
  std::ranges::sort(by_path_, [&](const Indexed& a, const Indexed& b) {
    if (a.path_hash != b.path_hash) return a.path_hash < b.path_hash;
    const auto order = rows_[a.index].path <=> rows_[b.index].path;
    return order != 0 ? order < 0 : a.index < b.index;
  });
}

}  // namespace wheelfix
