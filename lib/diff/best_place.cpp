#include "diff/best_place.hpp"

#include <algorithm>

namespace wheelfix {
namespace {

constexpr std::size_t max_comparisons = 20'000'000;

bool is_blank(const HunkLine& line) {
  return line.text.find_first_not_of(" \t\r") == std::string::npos;
}

std::size_t same_lines(const Lines& lines, const Pattern& pattern, std::size_t start, LineEnds ends) {
  std::size_t same = 0;
  for (std::size_t i = 0; i < pattern.lines.size(); ++i) {
    if (!is_blank(*pattern.lines[i]) && same_line(lines, start + i, *pattern.lines[i], ends)) ++same;
  }
  return same;
}

}  // namespace

std::optional<BestPlace> best_place(const Lines& lines, const Pattern& pattern, std::int64_t guess,
                                    LineEnds ends) {
  if (lines.size() == 0 || pattern.lines.empty()) return std::nullopt;
  const auto size = static_cast<std::int64_t>(lines.size());
  const auto reach = static_cast<std::int64_t>(max_comparisons / 2 / pattern.lines.size());
  const auto centre = std::clamp<std::int64_t>(guess, 0, size - 1);
  const auto last = std::min(size - 1, centre + reach);
  const auto distance = [&](std::int64_t start) { return start < guess ? guess - start : start - guess; };
  std::int64_t best = 0;
  std::size_t most = 0;
  for (auto start = std::max<std::int64_t>(0, centre - reach); start <= last; ++start) {
    const auto same = same_lines(lines, pattern, static_cast<std::size_t>(start), ends);
    if (same < most || same == 0 || (same == most && distance(start) > distance(best))) continue;
    best = start;
    most = same;
  }
  if (most == 0) return std::nullopt;
  return BestPlace{static_cast<std::size_t>(best), most};
}

}  // namespace wheelfix
