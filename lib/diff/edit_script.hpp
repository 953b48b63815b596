#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace wheelfix {

using TextLines = std::vector<std::string_view>;

/// The lines of a text, each with its `\n`; only the last may lack it. A `\r` is a byte like any other. An
/// empty text has no lines.
TextLines lines_with_ends(std::string_view text);

/// Replaces the lines [old_begin, old_end) with [new_begin, new_end), 0-based. One of the two runs may be
/// empty.
struct LineEdit {
  std::size_t old_begin = 0;
  std::size_t old_end = 0;
  std::size_t new_begin = 0;
  std::size_t new_end = 0;

  bool operator==(const LineEdit&) const = default;
};

/// What turns `before` into `after`, in order, with at least one equal line between two edits. An edit that
/// only inserts or only deletes is as far down as possible (so that an added function reads from its `def` to
/// the empty line after it), and is joined with the next one where they meet.
std::vector<LineEdit> edit_script(const TextLines& before, const TextLines& after);

}  // namespace wheelfix
