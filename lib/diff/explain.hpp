#pragma once

#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/diff.hpp>

#include "diff/apply_hunks.hpp"
#include "diff/lines.hpp"

namespace wheelfix {

/// The text of an error about a failed hunk: that it doesn't apply to `subject`, then, on several lines, the
/// place that matches it best, with the lines that differ there.
std::string explain_failure(const Lines& lines, const std::vector<Hunk>& hunks, const HunkFailure& failure,
                            std::string_view subject);

/// What would help: `--fuzz N`, or leaving out `--strict-eol`, if that applies the hunks; else the likely
/// reason.
std::string advise(const Lines& lines, const std::vector<Hunk>& hunks, const HunkFailure& failure,
                   const ApplyOptions& options);

}  // namespace wheelfix
