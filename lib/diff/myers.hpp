#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace wheelfix {

/// Lines as numbers: equal lines have equal numbers.
using LineIds = std::span<const std::uint32_t>;

/// The lines of each side without a partner on the other one. The other lines, in order, are equal on both
/// sides.
struct ChangedLines {
  std::vector<bool> removed;
  std::vector<bool> added;
};

/// Myers' O(ND) comparison (Algorithmica 1986) in its linear-space form: searches from both ends meet in the
/// middle of a shortest edit script and the halves are solved by themselves. It is shortest, so that a
/// reviewer reads the fewest lines, until a search has taken max(256, square root of the size) edits: it then
/// settles for the furthest point reached, which bounds the time by about N·√N instead of N·D. Rejected:
/// patience and histogram, which need this one for runs without unique lines, and aren't the shortest.
ChangedLines changed_lines(LineIds before, LineIds after);

}  // namespace wheelfix
