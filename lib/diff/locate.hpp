#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>
#include <wheelfix/diff.hpp>

#include "diff/lines.hpp"

namespace wheelfix {

/// Whether the `\r` of a file's CRLF counts when its lines are compared with those of a hunk.
enum class LineEnds { exact, ignore_cr };

/// Whether line `index` of the file, which may be after its end, equals the hunk's line.
bool same_line(const Lines& lines, std::size_t index, const HunkLine& wanted, LineEnds ends);

/// The lines that a hunk expects in the file. Points into the hunk.
struct Pattern {
  explicit Pattern(const Hunk& hunk);

  const Hunk* hunk = nullptr;
  std::vector<const HunkLine*> lines;  ///< context and removed, in order
  std::size_t prefix = 0;              ///< context lines before the first change
  std::size_t suffix = 0;              ///< context lines after the last change
  bool ends_file = false;              ///< the new side's last line lacks its newline: nothing may follow

  std::size_t context() const { return prefix < suffix ? suffix : prefix; }
  /// The index of the line that the hunk says it begins at; for a hunk without old lines, of the line before
  /// which it inserts.
  std::int64_t recorded_start() const;
};

/// Where a hunk goes: the index of the file's line that its first old line matches.
struct Placement {
  std::size_t start = 0;
  unsigned fuzz = 0;
};

/// The limits of the search for one hunk.
struct SearchLimits {
  std::size_t first_free =
      0;                   ///< no hunk may start before this line: the hunk before it changed what is there
  std::int64_t guess = 0;  ///< where the hunk says, moved by the offset of the one before it
  unsigned fuzz = 0;       ///< the most to try
  bool tolerate_crlf = false;  ///< after LineEnds::exact, try ignore_cr
  /// How many lines may still be looked at for all hunks of a file, reduced by the search; null: any number.
  std::uint64_t* lines_left = nullptr;
};

/// Finds the place as GNU patch does. For each fuzz from 0: of the places where the lines match, the nearest
/// to the guess, and the later one of two. Context that is shorter before the changes than after them means
/// the file's start, if the hunk says line 1; shorter after them means the file's end. Fuzz F leaves out
/// lines of the longer context until both have F less. A hunk without old lines goes where it says. Unlike in
/// GNU patch, no hunk goes after a line without a newline, or after the file's end. Takes time linear in file
/// and hunk. Returns nothing also if no lines are left to look at.
std::optional<Placement> locate(const Lines& lines, const Pattern& pattern, const SearchLimits& limits);

}  // namespace wheelfix
