#include "diff/hunk_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace wheelfix {
namespace {

constexpr std::uint64_t max_line_number = std::uint64_t{1} << 48;  // sums of three stay in range

struct LineRange {
  std::uint64_t start = 0;
  std::uint64_t count = 1;
};

bool take(std::string_view& text, std::string_view wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(wanted.size());
  return true;
}

std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value > max_line_number) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<LineRange> take_range(std::string_view& text) {
  const auto start = take_number(text);
  if (!start) return std::nullopt;
  LineRange range{*start};
  if (take(text, ",")) {
    const auto count = take_number(text);
    if (!count) return std::nullopt;
    range.count = *count;
  }
  if (range.start == 0 && range.count > 0) return std::nullopt;
  return range;
}

bool is_no_newline_marker(std::string_view line) {
  return line.starts_with("\\ ");
}

class HunkReader {
 public:
  HunkReader(PatchText& text, bool strip_cr) : text_(text), strip_cr_(strip_cr) {}

  Hunk read() {
    take_header();
    while (old_left_ > 0 || new_left_ > 0) take_line();
    if (is_no_newline_marker(text_.line())) take_no_newline();
    if (is_surplus()) fail_counts("more");
    if (!changes_) text_.fail_at(hunk_.patch_line, "the hunk changes nothing");
    return std::move(hunk_);
  }

 private:
  void take_header() {
    auto header = parse_hunk_header(text_.line());
    if (!header) text_.fail("the hunk header is damaged", "it must read `@@ -START,COUNT +START,COUNT @@`");
    hunk_ = std::move(*header);
    hunk_.patch_line = text_.number();
    old_left_ = hunk_.old_count;
    new_left_ = hunk_.new_count;
    text_.advance();
  }

  void take_line() {
    if (text_.at_end()) fail_counts("fewer");
    const auto line = strip_cr_ ? text_.line() : text_.raw();
    if (is_no_newline_marker(line)) return take_no_newline();
    switch (line.empty() ? ' ' : line.front()) {
      case ' ':
        return add(HunkLine::Kind::context, line);
      case '-':
        return add(HunkLine::Kind::removed, line);
      case '+':
        return add(HunkLine::Kind::added, line);
      case '\r':
        if (line.size() == 1) return add(HunkLine::Kind::context, " \r");
        [[fallthrough]];
      default:
        fail_counts("fewer");
    }
  }

  void add(HunkLine::Kind kind, std::string_view line) {
    const bool old_side = kind != HunkLine::Kind::added;
    const bool new_side = kind != HunkLine::Kind::removed;
    if ((old_side && old_left_ == 0) || (new_side && new_left_ == 0)) fail_counts("other");
    if ((old_side && old_ended_) || (new_side && new_ended_))
      text_.fail("a line follows the one that has no newline at its end");
    if (text_.is_cut())
      text_.fail("the patch file ends within a line",
                 "end its last line with a newline if nothing is missing");
    old_left_ -= old_side ? 1 : 0;
    new_left_ -= new_side ? 1 : 0;
    changes_ = changes_ || kind != HunkLine::Kind::context;
    text_.keep_line();
    hunk_.lines.push_back({kind, std::string(line.substr(line.empty() ? 0 : 1)), true});
    text_.advance();
  }

  void take_no_newline() {
    if (hunk_.lines.empty() || !hunk_.lines.back().newline) text_.fail("'\\ No newline' follows no line");
    auto& last = hunk_.lines.back();
    last.newline = false;
    old_ended_ = old_ended_ || last.kind != HunkLine::Kind::added;
    new_ended_ = new_ended_ || last.kind != HunkLine::Kind::removed;
    text_.advance();
  }

  // Whether the line after the hunk looks like a part of it. A `--- ` is the next header only if `+++ `
  // follows, and `-- ` is the signature of a mail only if no hunk line follows.
  bool is_surplus() const {
    const auto line = text_.line();
    if (line.starts_with(' ') || line.starts_with('+')) return true;
    if (!line.starts_with('-') || line == "---") return false;
    const auto next = text_.line(1);
    if (line.starts_with("--- ")) return !next.starts_with("+++ ");
    if (line == "-- " || line == "--")
      return !next.empty() && std::string_view("+-@\\").find(next.front()) != std::string_view::npos;
    return true;
  }

  [[noreturn]] void fail_counts(std::string_view how) const {
    text_.fail_at(
        hunk_.patch_line,
        fmt::format("the hunk's header counts {} and {}, but {} lines follow",
                    counted(hunk_.old_count, "old line"), counted(hunk_.new_count, "new line"), how),
        "the patch file is cut short or was edited by hand");
  }

  PatchText& text_;
  bool strip_cr_;
  Hunk hunk_;
  std::uint64_t old_left_ = 0;
  std::uint64_t new_left_ = 0;
  bool old_ended_ = false;
  bool new_ended_ = false;
  bool changes_ = false;
};

}  // namespace

std::optional<Hunk> parse_hunk_header(std::string_view line) {
  if (!take(line, "@@ -")) return std::nullopt;
  const auto old_range = take_range(line);
  if (!old_range || !take(line, " +")) return std::nullopt;
  const auto new_range = take_range(line);
  if (!new_range || !take(line, " @@")) return std::nullopt;
  return Hunk{old_range->start, old_range->count, new_range->start, new_range->count, {}, 0};
}

std::vector<Hunk> parse_hunks(PatchText& text, bool strip_cr) {
  std::vector<Hunk> hunks;
  do {
    hunks.push_back(HunkReader(text, strip_cr).read());
  } while (text.line().starts_with("@@ "));
  return hunks;
}

}  // namespace wheelfix
