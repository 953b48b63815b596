#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace wheelfix {

/// Bytes that replace as many at `offset`.
struct ByteEdit {
  std::uint64_t offset = 0;
  std::string bytes;

  bool operator==(const ByteEdit&) const = default;
};

/// What is to differ in content that need not be in memory: it is overwritten in places and may grow at its
/// end, but never shifts.
struct ContentEdits {
  std::vector<ByteEdit> overwrites;  ///< of the old content: in order of offset, none empty, none overlapping
  std::string appended;              ///< behind the old content's end

  bool empty() const { return overwrites.empty() && appended.empty(); }
  bool operator==(const ContentEdits&) const = default;
};

/// Overwrites made in any order, as the normal form that ContentEdits asks for: where they overlap the later
/// one wins, and those that touch are joined.
std::vector<ByteEdit> in_order(const std::vector<ByteEdit>& overwrites);

/// Puts what `edits` say about [offset, offset + piece.size()) into that piece of the old content.
void overwrite_piece(const ContentEdits& edits, std::uint64_t offset, std::string& piece);

/// The edited content, whole. Throws OutOfBytes where an overwrite lies beyond the old end.
std::string apply_edits(std::string content, const ContentEdits& edits);

}  // namespace wheelfix
