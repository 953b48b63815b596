#pragma once

#include <cstddef>
#include <optional>

#include "diff/lines.hpp"
#include "diff/locate.hpp"

namespace wheelfix {

struct BestPlace {
  std::size_t start = 0;
  std::size_t same = 0;  ///< how many of the pattern's lines that aren't blank are there
};

/// The place where the most lines of the pattern match the file's, and of equal ones the nearest to `guess`;
/// nullopt if no line that isn't blank is found. For error messages: in large files it looks only as far
/// around the guess as a bounded effort allows.
std::optional<BestPlace> best_place(const Lines& lines, const Pattern& pattern, std::int64_t guess,
                                    LineEnds ends);

}  // namespace wheelfix
