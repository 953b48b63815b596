#include "diff/apply_hunks.hpp"

#include <algorithm>
#include <utility>

namespace wheelfix {
namespace {

// For all hunks of a file that aren't where they say: some seconds' worth. 100 hunks in a file of 100,000
// lines may all have moved.
constexpr std::uint64_t most_lines_looked_at = 100'000'000;

// Builds the new content front to back from the old lines and those that hunks add.
class Assembly {
 public:
  Assembly(const Lines& lines, bool tolerate_crlf) : lines_(lines), tolerate_crlf_(tolerate_crlf) {
    content_.reserve(lines.text().size() + lines.text().size() / 16);
  }

  std::size_t first_free() const { return next_; }
  bool crlf_kept() const { return crlf_kept_; }

  void put(const Hunk& hunk, std::size_t start) {
    auto at = start;
    for (const auto& line : hunk.lines) {
      switch (line.kind) {
        case HunkLine::Kind::context:
          ++at;
          break;
        case HunkLine::Kind::removed:
          keep_until(at++);
          ++next_;
          break;
        case HunkLine::Kind::added:
          keep_until(at);
          add(line);
      }
    }
  }

  std::string finish() {
    keep_until(lines_.size());
    return std::move(content_);
  }

 private:
  void keep_until(std::size_t end) {
    end = std::min(end, lines_.size());
    content_ += lines_.range(next_, end);
    next_ = end;
  }

  void add(const HunkLine& line) {
    content_ += line.text;
    if (!line.newline) return;
    if (tolerate_crlf_ && stands_among_crlf()) {
      content_ += '\r';
      crlf_kept_ = true;
    }
    content_ += '\n';
  }

  // Whether the nearest old line before that has an end, or else the one after, ends in CRLF.
  bool stands_among_crlf() const {
    auto at = next_;
    while (at > 0 && !lines_.has_newline(at - 1)) --at;
    if (at > 0) return lines_.has_crlf(at - 1);
    return lines_.size() > 0 && lines_.has_crlf(0);
  }

  const Lines& lines_;
  bool tolerate_crlf_;
  bool crlf_kept_ = false;
  std::size_t next_ = 0;  // the first old line that is neither kept nor removed yet
  std::string content_;
};

bool matched_by_ignoring_cr(const Lines& lines, const Pattern& pattern, std::size_t start) {
  for (std::size_t i = 0; i < pattern.lines.size(); ++i) {
    if (start + i < lines.size() && lines.has_crlf(start + i)) return true;
  }
  return false;
}

}  // namespace

bool tolerates_crlf(const Lines& lines, const std::vector<Hunk>& hunks, const ApplyOptions& options) {
  if (options.strict_eol || lines.text().find("\r\n") == std::string_view::npos) return false;
  return std::none_of(hunks.begin(), hunks.end(), [](const Hunk& hunk) {
    return std::any_of(hunk.lines.begin(), hunk.lines.end(),
                       [](const HunkLine& line) { return line.text.ends_with('\r'); });
  });
}

std::variant<Applied, HunkFailure> apply_hunks(const Lines& lines, const std::vector<Hunk>& hunks,
                                               const ApplyOptions& options) {
  const bool tolerate_crlf = tolerates_crlf(lines, hunks, options);
  Assembly assembly(lines, tolerate_crlf);
  Applied applied;
  std::int64_t offset = 0;
  std::uint64_t lines_left = most_lines_looked_at;
  for (std::size_t i = 0; i < hunks.size(); ++i) {
    const Pattern pattern(hunks[i]);
    const auto recorded = pattern.recorded_start();
    SearchLimits limits{assembly.first_free(), recorded + offset, options.fuzz, tolerate_crlf, &lines_left};
    const auto place = locate(lines, pattern, limits);
    limits.lines_left = nullptr;
    if (!place) return HunkFailure{i, limits, lines_left == 0};
    assembly.put(hunks[i], place->start);
    offset = static_cast<std::int64_t>(place->start) - recorded;
    applied.hunks.push_back({hunks[i].patch_line, offset, place->fuzz});
    applied.crlf_kept =
        applied.crlf_kept || (tolerate_crlf && matched_by_ignoring_cr(lines, pattern, place->start));
  }
  applied.content = assembly.finish();
  applied.crlf_kept = applied.crlf_kept || assembly.crlf_kept();
  return applied;
}

bool has_result(const Lines& lines, const Hunk& hunk, std::int64_t offset, LineEnds ends) {
  if (hunk.new_count == 0) return hunk.new_start == 0 && lines.size() == 0;
  auto at = static_cast<std::int64_t>(hunk.new_start) - 1 + offset;
  if (at < 0) return false;
  for (const auto& line : hunk.lines) {
    if (line.kind == HunkLine::Kind::removed) continue;
    if (!same_line(lines, static_cast<std::size_t>(at++), line, ends)) return false;
  }
  return true;
}

}  // namespace wheelfix
