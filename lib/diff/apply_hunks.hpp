#pragma once

#include <cstddef>
#include <optional>
#include <variant>
#include <vector>
#include <wheelfix/diff.hpp>

#include "diff/lines.hpp"
#include "diff/locate.hpp"

namespace wheelfix {

/// The hunk that has no place, and the limits of the search for it.
struct HunkFailure {
  std::size_t index = 0;
  SearchLimits limits;
  bool gave_up = false;  ///< it may have one, but the search would take too long
};

/// Applies all hunks, or returns the first that fails.
std::variant<Applied, HunkFailure> apply_hunks(const Lines& lines, const std::vector<Hunk>& hunks,
                                               const ApplyOptions& options);

/// Whether these hunks may be applied to these lines without the `\r` of CRLF: the file has CRLF, and no line
/// of the hunks has.
bool tolerates_crlf(const Lines& lines, const std::vector<Hunk>& hunks, const ApplyOptions& options);

/// Whether the file has the hunk's result, `offset` lines from where the hunk says. A hunk whose result is
/// empty shows nothing, so that counts as no, unless the file is empty.
bool has_result(const Lines& lines, const Hunk& hunk, std::int64_t offset, LineEnds ends);

}  // namespace wheelfix
