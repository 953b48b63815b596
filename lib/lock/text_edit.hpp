#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wheelfix {

/// What is to be in place of the bytes [begin, end) of a text.
struct TextEdit {
  std::size_t begin;
  std::size_t end;
  std::string text;

  bool operator==(const TextEdit&) const = default;
};

/// The text with all edits, which must not overlap. Of two insertions at one place the first
/// given comes first.
std::string apply_edits(std::string_view text, std::vector<TextEdit> edits);

/// The 1-based line of a place in a text.
std::size_t line_at(std::string_view text, std::size_t place);

/// How the lines of a text end: `\r\n` if the first one does, or else `\n`.
std::string_view line_end_of(std::string_view text);

}  // namespace wheelfix
