#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>
#include <wheelfix/byte_edit.hpp>

#include "deflate/content_scan.hpp"
#include "deflate/dirty_runs.hpp"

namespace wheelfix {

/// A part of a spliced stream: `size` bytes of the source file at `offset`, or new bytes, if there are any.
struct SplicePiece {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  ///< of new bytes too
  std::string bytes;
};

std::uint64_t total_size(const std::vector<SplicePiece>& pieces);

/// The stream of edited content, as parts of the old stream and new blocks between them.
struct Splice {
  std::vector<SplicePiece> pieces;
  std::uint64_t size = 0;
  ContentDigest content;

  /// A run of old blocks, and its beginning and end in the new stream, in bits.
  struct Run {
    DirtyRun old;
    std::uint64_t begin_bit = 0;
    std::uint64_t end_bit = 0;
  };
  std::vector<Run> runs;
};

/// How much of this content is better encoded again by `splice` than compressed whole: a quarter, because
/// libdeflate is quicker than zlib, and at most 64 MB, because new blocks are held in memory.
std::uint64_t worth_splicing(std::uint64_t content_size);

/// Makes the stream of edited content from the old one, with only the blocks near an edit encoded again. All
/// others are copied bit for bit, and as whole bytes: each run of new blocks ends with empty ones that give
/// the next old block its old phase. Nothing if that takes more than `most` bytes of content, as with small
/// content or huge blocks: compress it instead. `scan` must be finished. Throws OutOfBytes if an edit is
/// beyond the content.
std::optional<Splice> splice(const ContentScan& scan, const ContentEdits& edits, std::uint64_t most);
std::optional<Splice> splice(const ContentScan& scan, const ContentEdits& edits);

}  // namespace wheelfix
