#pragma once

#include <cstdint>
#include <string>
#include <vector>

#pragma GCC visibility push(default)
namespace wheelfix {

/// Bytes that replace as many at `offset`.
struct ByteEdit {
  std::uint64_t offset = 0;
  std::string bytes;

  bool operator==(const ByteEdit&) const = default;
};

/// Changes to content that need not be in memory: it is overwritten in places and may grow at its end, but
/// never shifts.
struct ContentEdits {
  std::vector<ByteEdit> overwrites;  ///< of the old content: in order of offset, none empty, none overlapping
  std::string appended;              ///< after the old content's end

  bool empty() const { return overwrites.empty() && appended.empty(); }
  bool operator==(const ContentEdits&) const = default;
};

}  // namespace wheelfix
#pragma GCC visibility pop
