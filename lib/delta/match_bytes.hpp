#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/byte_source.hpp"

namespace wheelfix {

/// New bytes, and then a range of the old ones.
struct MatchedRun {
  std::string bytes;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;

  bool operator==(const MatchedRun&) const = default;
};

/// A part of a source of bytes.
struct ByteRange {
  ByteSource& bytes;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// Describes `now` by ranges of `old`, whose offsets are in `old.bytes`, and by what is new. Finds what is
/// equal at both ends, and between them what contains a whole block of the old bytes and its neighbourhood:
/// each block's first bytes are looked for at every place that nothing else explains. Throws
/// Error{limit_exceeded} for more than `most_new` new bytes.
std::vector<MatchedRun> match_bytes(const ByteRange& old, const ByteRange& now, std::uint64_t block,
                                    std::uint64_t most_new);

/// Whether two ranges have the same bytes.
bool are_equal(const ByteRange& a, const ByteRange& b);

}  // namespace wheelfix
