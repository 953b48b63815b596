#include "diff/locate.hpp"

#include <string.h>

#include <algorithm>
#include <span>

namespace wheelfix {
namespace {

using Wanted = std::span<const HunkLine* const>;

std::string_view comparable(const Lines& lines, std::size_t index, LineEnds ends) {
  auto line = lines[index];
  if (ends == LineEnds::ignore_cr && lines.has_crlf(index)) line.remove_suffix(1);
  return line;
}

// Whether putting the hunk's lines at `start` leaves a line without newline before another.
bool joins_lines(const Lines& lines, const Hunk& hunk, std::size_t start) {
  const auto lacks_newline = [&](std::size_t index) {
    return index < lines.size() && !lines.has_newline(index);
  };
  bool open = start > 0 && lacks_newline(start - 1);
  auto at = start;
  for (const auto& line : hunk.lines) {
    if (line.kind == HunkLine::Kind::added) {
      if (open) return true;
      open = !line.newline;
    } else {
      if (line.kind == HunkLine::Kind::context) open = lacks_newline(at);
      ++at;
    }
  }
  return false;
}

// One search with a given fuzz: `skip` lines at the pattern's start and `drop` at its end aren't compared.
class Search {
 public:
  Search(const Lines& lines, const Pattern& pattern, std::size_t skip, std::size_t drop, LineEnds ends,
         std::uint64_t* lines_left = nullptr)
      : lines_(lines),
        pattern_(pattern),
        skip_(skip),
        drop_(drop),
        wanted_(Wanted(pattern.lines).subspan(skip, pattern.lines.size() - skip - drop)),
        ends_(ends),
        lines_left_(lines_left) {}

  /// The last place where what is compared is still within the file; nullopt if the file is too short.
  std::optional<std::size_t> last_start() const {
    const auto needed = pattern_.lines.size() - drop_;
    if (needed > lines_.size()) return std::nullopt;
    return lines_.size() - needed;
  }

  bool fits(std::size_t start) const {
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      if (!matches(start + skip_ + i, i)) return false;
    }
    return may_stand(start);
  }

  /// The nearest to `guess` among [first, last].
  std::optional<std::size_t> nearest(std::size_t first, std::size_t last, std::int64_t guess) const {
    if (first > last) return std::nullopt;
    const auto clamped = static_cast<std::size_t>(
        std::clamp(guess, static_cast<std::int64_t>(first), static_cast<std::int64_t>(last)));
    if (fits(clamped)) return clamped;
    if (wanted_.empty() || !afford(last - first + wanted_.size()) || lacks_a_line()) return std::nullopt;
    return scan(first, last, guess);
  }

 private:
  bool afford(std::uint64_t lines) const {
    if (lines_left_ == nullptr) return true;
    const bool is_enough = lines <= *lines_left_;
    *lines_left_ = is_enough ? *lines_left_ - lines : 0;
    return is_enough;
  }

  bool matches(std::size_t line, std::size_t wanted) const {
    return same_line(lines_, line, *wanted_[wanted], ends_);
  }

  // Avoids most scans that fail: among the first wanted lines is one that the file doesn't have at all.
  bool lacks_a_line() const {
    const auto first = wanted_.first(std::min<std::size_t>(wanted_.size(), 8));
    return std::any_of(first.begin(), first.end(), [&](const HunkLine* line) {
      const auto text = lines_.text();
      // Not std::string_view::find: if all bytes are alike, its time is the product of the sizes.
      return ::memmem(text.data(), text.size(), line->text.data(), line->text.size()) == nullptr;
    });
  }

  bool may_stand(std::size_t start) const {
    const auto end = start + pattern_.lines.size();
    if (pattern_.ends_file && end != lines_.size()) return false;
    if (end < lines_.size() || lines_.size() == 0 || lines_.has_newline(lines_.size() - 1)) return true;
    return !joins_lines(lines_, *pattern_.hunk, start);
  }

  // Knuth-Morris-Pratt: for each prefix of the pattern, the length of the longest shorter prefix that it ends
  // in.
  std::vector<std::size_t> borders() const {
    std::vector<std::size_t> table(wanted_.size(), 0);
    for (std::size_t i = 1, length = 0; i < wanted_.size(); ++i) {
      while (length > 0 && !same_wanted(i, length)) length = table[length - 1];
      if (same_wanted(i, length)) ++length;
      table[i] = length;
    }
    return table;
  }

  bool same_wanted(std::size_t a, std::size_t b) const {
    return wanted_[a]->text == wanted_[b]->text && wanted_[a]->newline == wanted_[b]->newline;
  }

  // Goes through all matches in order, up to the first at or after the guess.
  std::optional<std::size_t> scan(std::size_t first, std::size_t last, std::int64_t guess) const {
    const auto table = borders();
    std::optional<std::size_t> before;
    std::size_t length = 0;
    for (auto line = first + skip_; line < last + skip_ + wanted_.size(); ++line) {
      while (length > 0 && !matches(line, length)) length = table[length - 1];
      if (matches(line, length)) ++length;
      if (length < wanted_.size()) continue;
      length = table[length - 1];
      const auto start = line + 1 - wanted_.size() - skip_;
      if (!may_stand(start)) continue;
      if (static_cast<std::int64_t>(start) >= guess) return nearer(before, start, guess);
      before = start;
    }
    return before;
  }

  static std::size_t nearer(std::optional<std::size_t> before, std::size_t after, std::int64_t guess) {
    if (!before || static_cast<std::int64_t>(after) - guess <= guess - static_cast<std::int64_t>(*before))
      return after;
    return *before;
  }

  const Lines& lines_;
  const Pattern& pattern_;
  std::size_t skip_;
  std::size_t drop_;
  Wanted wanted_;
  LineEnds ends_;
  std::uint64_t* lines_left_;
};

// How much of the longer context is left out at each end with this fuzz; negative if the shorter one is
// anchored.
struct FuzzedEnds {
  std::int64_t prefix;
  std::int64_t suffix;
};

FuzzedEnds fuzzed_ends(const Pattern& pattern, unsigned fuzz) {
  const auto context = static_cast<std::int64_t>(pattern.context());
  return {std::int64_t{fuzz} + static_cast<std::int64_t>(pattern.prefix) - context,
          std::int64_t{fuzz} + static_cast<std::int64_t>(pattern.suffix) - context};
}

std::optional<std::size_t> locate_with(const Lines& lines, const Pattern& pattern, const SearchLimits& limits,
                                       unsigned fuzz, LineEnds ends) {
  const auto [prefix, suffix] = fuzzed_ends(pattern, fuzz);
  const auto skip = static_cast<std::size_t>(std::max<std::int64_t>(prefix, 0));
  const auto drop = static_cast<std::size_t>(std::max<std::int64_t>(suffix, 0));
  const Search search(lines, pattern, skip, drop, ends, limits.lines_left);
  const auto last = search.last_start();
  if (!last) return std::nullopt;
  auto first = limits.first_free;
  if (prefix < 0 && pattern.hunk->old_start <= 1) return search.nearest(first, 0, 0);
  if (suffix < 0) first = std::max(first, *last);
  return search.nearest(first, *last, limits.guess);
}

std::optional<Placement> locate_insertion(const Lines& lines, const Pattern& pattern,
                                          const SearchLimits& limits) {
  if (limits.guess < static_cast<std::int64_t>(limits.first_free)) return std::nullopt;
  const auto start = static_cast<std::size_t>(limits.guess);
  if (start > lines.size() || !Search(lines, pattern, 0, 0, LineEnds::exact).fits(start)) return std::nullopt;
  return Placement{start, 0};
}

}  // namespace

bool same_line(const Lines& lines, std::size_t index, const HunkLine& wanted, LineEnds ends) {
  return index < lines.size() && comparable(lines, index, ends) == wanted.text &&
         lines.has_newline(index) == wanted.newline;
}

Pattern::Pattern(const Hunk& of) : hunk(&of) {
  const auto is_context = [](const HunkLine& line) { return line.kind == HunkLine::Kind::context; };
  for (const auto& line : of.lines) {
    if (line.kind != HunkLine::Kind::added) lines.push_back(&line);
  }
  prefix = static_cast<std::size_t>(std::find_if_not(of.lines.begin(), of.lines.end(), is_context) -
                                    of.lines.begin());
  suffix = static_cast<std::size_t>(std::find_if_not(of.lines.rbegin(), of.lines.rend(), is_context) -
                                    of.lines.rbegin());
  ends_file = std::any_of(of.lines.begin(), of.lines.end(), [](const HunkLine& line) {
    return line.kind == HunkLine::Kind::added && !line.newline;
  });
}

std::int64_t Pattern::recorded_start() const {
  const auto start = static_cast<std::int64_t>(hunk->old_start);
  return lines.empty() || start == 0 ? start : start - 1;
}

std::optional<Placement> locate(const Lines& lines, const Pattern& pattern, const SearchLimits& limits) {
  if (pattern.lines.empty()) return locate_insertion(lines, pattern, limits);
  const auto most = static_cast<unsigned>(std::min<std::size_t>(limits.fuzz, pattern.context()));
  for (unsigned fuzz = 0; fuzz <= most; ++fuzz) {
    auto start = locate_with(lines, pattern, limits, fuzz, LineEnds::exact);
    if (!start && limits.tolerate_crlf)
      start = locate_with(lines, pattern, limits, fuzz, LineEnds::ignore_cr);
    if (start) return Placement{*start, fuzz};
  }
  return std::nullopt;
}

}  // namespace wheelfix
