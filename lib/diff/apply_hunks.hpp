#pragma once

#include <cstddef>
#include <optional>
#include <variant>
#include <vector>
#include <wheelfix/diff.hpp>

#include "diff/lines.hpp"
#include "diff/locate.hpp"

namespace wheelfix {

/// The hunk that has no place, and what bounded the search for it.
struct HunkFailure {
  std::size_t index = 0;
  SearchLimits limits;
  bool gave_up = false;  ///< it may have one, but it would take too long to look
};

/// Applies all hunks or says which is the first that fails.
std::variant<Applied, HunkFailure> apply_hunks(const Lines& lines, const std::vector<Hunk>& hunks,
                                               const ApplyOptions& options);

/// Whether these hunks may be applied to these lines with the `\r` of CRLF left out: the file has CRLF and no
/// line of the hunks has.
bool tolerates_crlf(const Lines& lines, const std::vector<Hunk>& hunks, const ApplyOptions& options);

/// Whether the file has what the hunk makes of it, `offset` lines from where the hunk says that it will be. A
/// hunk that leaves nothing shows nothing, so that counts as no, unless the file is empty as the hunk leaves
/// it.
bool has_result(const Lines& lines, const Hunk& hunk, std::int64_t offset, LineEnds ends);

}  // namespace wheelfix
