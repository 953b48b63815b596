#pragma once

#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/diff.hpp>

#include "diff/apply_hunks.hpp"
#include "diff/lines.hpp"

namespace wheelfix {

/// What an error about a failed hunk says: that it doesn't apply to `subject`, then the place that matches it
/// best with the lines that differ there, over several lines.
std::string explain_failure(const Lines& lines, const std::vector<Hunk>& hunks, const HunkFailure& failure,
                            std::string_view subject);

/// What would help: `--fuzz N` or leaving out `--strict-eol` if that applies the hunks, else what the
/// reason seems to be.
std::string advise(const Lines& lines, const std::vector<Hunk>& hunks, const HunkFailure& failure,
                   const ApplyOptions& options);

}  // namespace wheelfix
