#include "diff/explain.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "diff/best_place.hpp"
#include "diff/excerpt.hpp"

namespace wheelfix {
namespace {

constexpr std::size_t max_pairs_shown = 5;

std::string shown(std::string_view line, bool newline) {
  return fmt::format("|{}{}", excerpt(line), newline ? "" : "  (no newline at its end)");
}

std::string found_line(const Lines& lines, std::size_t index) {
  return index < lines.size() ? shown(lines[index], lines.has_newline(index)) : "(the file ends before)";
}

std::vector<std::size_t> differing_lines(const Lines& lines, const Pattern& pattern, std::size_t start,
                                         LineEnds ends) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < pattern.lines.size(); ++i) {
    if (!same_line(lines, start + i, *pattern.lines[i], ends)) found.push_back(i);
  }
  return found;
}

std::string place_line(std::size_t start, std::int64_t recorded, const char* what) {
  if (static_cast<std::int64_t>(start) == recorded) return fmt::format("\n{} line {}", what, start + 1);
  return fmt::format("\n{} line {} (the hunk says line {})", what, start + 1, recorded + 1);
}

std::string explain_differences(const Lines& lines, const Pattern& pattern, std::size_t start,
                                const std::vector<std::size_t>& differing) {
  auto text = place_line(start, pattern.recorded_start(), "it matches best at");
  text += fmt::format(", where {} of {} {}:", differing.size(), counted(pattern.lines.size(), "line"),
                      differing.size() == 1 ? "differs" : "differ");
  for (std::size_t i = 0; i < std::min(differing.size(), max_pairs_shown); ++i) {
    const auto& wanted = *pattern.lines[differing[i]];
    const auto number = start + differing[i];
    text += fmt::format("\n{:>7} expected {}", number + 1, shown(wanted.text, wanted.newline));
    text += fmt::format("\n{:>7} found    {}", "", found_line(lines, number));
  }
  if (differing.size() > max_pairs_shown)
    text += fmt::format("\n{:>7} and {} more", "", differing.size() - max_pairs_shown);
  return text;
}

// All lines match there, but the hunk may not go there.
std::string explain_barred(const Lines& lines, const Pattern& pattern, std::size_t start,
                           std::size_t first_free) {
  auto text = place_line(start, pattern.recorded_start(), "its lines are at");
  if (start < first_free) return text + ", which the hunk before it has passed";
  if (pattern.ends_file || pattern.suffix < pattern.prefix) {
    if (start + pattern.lines.size() < lines.size()) return text + ", but it is for the file's end";
  }
  return text + ", but it is for the file's start";
}

std::string explain_insertion(const Lines& lines, const SearchLimits& limits) {
  if (limits.guess > static_cast<std::int64_t>(lines.size())) {
    return fmt::format("\nit adds lines after line {}, and the file has {}", limits.guess, lines.size());
  }
  if (limits.guess < static_cast<std::int64_t>(limits.first_free))
    return "\nit adds lines where the hunk before it has passed";
  return "\nit adds lines after the file's last line, which has no newline at its end";
}

bool has_crlf_text(const std::vector<Hunk>& hunks) {
  return std::any_of(hunks.begin(), hunks.end(), [](const Hunk& hunk) {
    return std::any_of(hunk.lines.begin(), hunk.lines.end(),
                       [](const HunkLine& line) { return line.text.ends_with('\r'); });
  });
}

bool would_apply(const Lines& lines, const std::vector<Hunk>& hunks, const ApplyOptions& options) {
  return std::holds_alternative<Applied>(apply_hunks(lines, hunks, options));
}

std::optional<unsigned> enough_fuzz(const Lines& lines, const std::vector<Hunk>& hunks,
                                    ApplyOptions options) {
  constexpr std::size_t most_advised = 3;
  std::size_t context = 0;
  for (const auto& hunk : hunks) context = std::max(context, Pattern(hunk).context());
  while (++options.fuzz <= std::min(context, most_advised)) {
    if (would_apply(lines, hunks, options)) return options.fuzz;
  }
  return std::nullopt;
}

}  // namespace

std::string explain_failure(const Lines& lines, const std::vector<Hunk>& hunks, const HunkFailure& failure,
                            std::string_view subject) {
  const auto text = fmt::format("hunk {} does not apply to {}", failure.index + 1, subject);
  const Pattern pattern(hunks[failure.index]);
  if (pattern.lines.empty()) return text + explain_insertion(lines, failure.limits);
  if (lines.size() == 0) return text + "\nthe file is empty";
  const auto ends = failure.limits.tolerate_crlf ? LineEnds::ignore_cr : LineEnds::exact;
  const auto best = best_place(lines, pattern, failure.limits.guess, ends);
  if (!best) return text + "\nnot one of the lines that it expects is in the file";
  const auto differing = differing_lines(lines, pattern, best->start, ends);
  if (differing.empty()) return text + explain_barred(lines, pattern, best->start, failure.limits.first_free);
  return text + explain_differences(lines, pattern, best->start, differing);
}

std::string advise(const Lines& lines, const std::vector<Hunk>& hunks, const HunkFailure& failure,
                   const ApplyOptions& options) {
  auto relaxed = options;
  relaxed.strict_eol = false;
  if (options.strict_eol && would_apply(lines, hunks, relaxed)) {
    return "the file has CRLF line ends and the patch has LF: without --strict-eol it applies, and CRLF "
           "stays";
  }
  const bool file_has_crlf = lines.text().find("\r\n") != std::string_view::npos;
  if (!file_has_crlf && has_crlf_text(hunks)) return "the patch's lines end in CRLF, the file's in LF";
  if (const auto fuzz = enough_fuzz(lines, hunks, options))
    return fmt::format("--fuzz {} would apply it", *fuzz);
  const auto& hunk = hunks[failure.index];
  const auto offset = failure.limits.guess - Pattern(hunk).recorded_start();
  const auto ends = failure.limits.tolerate_crlf ? LineEnds::ignore_cr : LineEnds::exact;
  if (has_result(lines, hunk, 0, ends) || has_result(lines, hunk, offset, ends)) {
    return "the file already has the result of this hunk: the patch is partly applied";
  }
  return "the patch is for another version of the file";
}

}  // namespace wheelfix
