#include <wheelfix/record.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <mutex>
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

void append_field(std::string& text, std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
    text += field;
    return;
  }
  text += '"';
  for (const char c : field) text.append(c == '"' ? 2 : 1, c);
  text += '"';
}

void append_row(std::string& text, const RecordRow& row) {
  if (!row.text.empty()) {
    text += row.text;
    return;
  }
  append_field(text, row.path);
  text += ',';
  append_field(text, row.hash);
  text += ',';
  append_field(text, row.size);
}

/// The line break that ends a row, from the run of them after it. CR CR LF is a CRLF that was written by a
/// file in text mode.
std::string_view ending_of_row(std::string_view run) {
  if (run.starts_with("\r\r\n")) return "\r\n";
  return run.substr(0, run.starts_with("\r\n") ? 2 : 1);
}

std::size_t count_line_breaks(std::string_view run) {
  std::size_t count = 0;
  for (; !run.empty(); ++count) run.remove_prefix(run.starts_with("\r\n") ? 2 : 1);
  return count;
}

/// Reads the dialect that Python's csv module calls excel, but refuses a quote that is never closed. A quote
/// inside a field that doesn't begin with one is a character like any other, and so is what follows a closing
/// quote.
class RowReader {
 public:
  /// Fields with a quote are kept in `unquoted`.
  RowReader(std::string_view text, std::string_view subject, std::deque<std::string>& unquoted)
      : text_(text), subject_(subject), unquoted_(unquoted) {}

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
    if (const auto row = read_plain_row()) return *row;
    row_begin_ = at_;
    std::array<std::string_view, 3> fields;
    std::size_t count = 0;
    do {
      const auto field = read_field();
      if (count < fields.size()) fields[count] = field;
      ++count;
    } while (take_comma());
    if (count != fields.size()) {
      fail(fmt::format("a row has 3 fields, path, hash and size, and this one has {}", count),
           "a path with a comma must be in double quotes");
    }
    auto& [path, hash, size] = fields;
    while (path.starts_with("./")) path.remove_prefix(2);
    if (!std::ranges::all_of(size, is_ascii_digit)) {
      fail(fmt::format("the size '{}' is not a number", printable(size)),
           "a size is decimal digits, or nothing");
    }
    return {path, hash, size, text_.substr(row_begin_, at_ - row_begin_)};
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
    return RecordRow{text.substr(0, comma), text.substr(comma + 1, second - comma - 1), size, text};
  }

  std::string_view read_plain() {
    const auto begin = at_;
    while (!at_end() && !ends_plain_field(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  std::string_view read_field() {
    if (at_end() || text_[at_] != '"') return read_plain();
    ++at_;
    auto field = read_quoted();
    field += read_plain();
    return unquoted_.emplace_back(std::move(field));
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
  std::deque<std::string>& unquoted_;
  std::size_t at_ = 0;
  std::size_t row_begin_ = 0;
};

}  // namespace

struct Record::State {
  std::string text;
  std::deque<std::string> unquoted;  ///< fields, without what quotes them
  std::vector<RecordRow> rows;       ///< views into these

  /// The index of the first row for a path.
  std::optional<std::size_t> index_of(std::string_view path) const {
    std::call_once(is_indexed, [this] { index_rows(); });
    const auto key = std::pair(std::hash<std::string_view>()(path), path);
    const auto key_at = [&](const Indexed& row) { return std::pair(row.path_hash, rows[row.index].path); };
    const auto found = std::ranges::lower_bound(by_path, key, {}, key_at);
    if (found == by_path.end() || rows[found->index].path != path) return std::nullopt;
    return found->index;
  }

 private:
  struct Indexed {
    std::size_t path_hash;
    std::size_t index;
  };

  void index_rows() const {
    by_path.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
      by_path.push_back({std::hash<std::string_view>()(rows[i].path), i});
    std::ranges::sort(by_path, [&](const Indexed& a, const Indexed& b) {
      if (a.path_hash != b.path_hash) return a.path_hash < b.path_hash;
      const auto order = rows[a.index].path <=> rows[b.index].path;
      return order != 0 ? order < 0 : a.index < b.index;
    });
  }

  mutable std::once_flag is_indexed;
  mutable std::vector<Indexed> by_path;  ///< sorted by the path's hash, then the path, then the index
};

Record::Record() : state_(std::make_shared<const State>()) {}

Record Record::parse(std::string text, std::string_view subject, std::size_t max_rows) {
  auto state = std::make_shared<State>();
  state->text = std::move(text);
  RowReader reader(state->text, subject, state->unquoted);
  reader.read_line_breaks();
  const auto commas = static_cast<std::size_t>(std::ranges::count(state->text, ','));
  state->rows.reserve(std::min(commas / 2, max_rows));
  while (!reader.at_end()) {
    if (state->rows.size() == max_rows) reader.refuse_more_rows(max_rows);
    state->rows.push_back(reader.read_row());
    reader.read_line_breaks();
  }
  Record record;
  record.state_ = std::move(state);
  return record;
}

const std::vector<RecordRow>& Record::rows() const& {
  return state_->rows;
}

const RecordRow* Record::find(std::string_view path) const& {
  const auto index = state_->index_of(path);
  return index ? &state_->rows[*index] : nullptr;
}

/// The line breaks after a row: its own, and blank lines.
std::string_view Record::ending(std::size_t index) const {
  const auto& rows = state_->rows;
  const char* const begin = rows[index].text.data() + rows[index].text.size();
  const char* const end =
      index + 1 < rows.size() ? rows[index + 1].text.data() : state_->text.data() + state_->text.size();
  return {begin, end};
}

/// What ends the row of that path if it has that text; else `other`.
std::string_view Record::ending_of(std::string_view path, std::string_view text,
                                   std::string_view other) const {
  const auto old = state_->index_of(path);
  if (!old || state_->rows[*old].text != text || ending(*old).empty()) return other;
  return ending_of_row(ending(*old));
}

/// The line break that most rows have; `\n` without rows, and the earlier of CRLF, LF, CR if two are equal.
std::string_view Record::prevailing_line_break() const {
  std::array<std::pair<std::string_view, std::size_t>, 3> counts{{{"\r\n", 0}, {"\n", 0}, {"\r", 0}}};
  for (std::size_t i = 0; i < state_->rows.size(); ++i) {
    const auto of_row = ending_of_row(ending(i));
    for (auto& [text, count] : counts) {
      if (of_row == text) ++count;
    }
  }
  const auto most = std::ranges::max_element(counts, {}, [](const auto& c) { return c.second; });
  return most->second == 0 ? "\n" : most->first;
}

std::size_t Record::blank_lines() const {
  const auto& rows = state_->rows;
  const std::string_view text = state_->text;
  if (rows.empty()) return count_line_breaks(text);
  std::size_t count = count_line_breaks({text.data(), rows.front().text.data()});
  for (std::size_t i = 0; i < rows.size(); ++i)
    count += ending(i).empty() ? 0 : count_line_breaks(ending(i)) - 1;
  return count;
}

Record Record::with_rows(const std::vector<RecordRow>& rows) const {
  return parse(to_string_with(rows), "RECORD");
}

std::string Record::to_string_with(const std::vector<RecordRow>& rows) const {
  const auto& old = state_->rows;
  const auto usual = prevailing_line_break();
  std::string text;
  std::size_t size = 0;
  for (const auto& row : rows)
    size += std::max(row.text.size(), row.path.size() + row.hash.size() + row.size.size() + 2) + 2;
  text.reserve(size);
  std::size_t next = 0;  // rows come mostly in the order that they have here
  std::size_t end_of_row = 0;
  for (const auto& row : rows) {
    const auto begin = text.size();
    append_row(text, row);
    end_of_row = text.size();
    const auto made = std::string_view(text).substr(begin);
    const bool is_next = next < old.size() && old[next].text == made && !ending(next).empty();
    text += is_next ? ending_of_row(ending(next)) : ending_of(row.path, made, usual);
    if (is_next) {
      ++next;
    } else if (const auto index = state_->index_of(row.path)) {
      next = *index + 1;
    }
  }
  if (!rows.empty() && !old.empty() && ending(old.size() - 1).empty()) text.resize(end_of_row);
  return text;
}

const std::string& Record::to_string() const& {
  return state_->text;
}

}  // namespace wheelfix
