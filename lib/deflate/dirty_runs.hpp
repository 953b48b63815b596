#pragma once

#include <cstdint>
#include <optional>
#include <vector>
#include <wheelfix/byte_edit.hpp>

#include "deflate/content_scan.hpp"

namespace wheelfix {

/// Consecutive blocks that must be encoded again: from the beginning of one to that of the next that stays,
/// or to the end of the stream.
struct DirtyRun {
  BlockStart begin;
  BlockStart end;
  bool ends_stream = false;

  bool operator==(const DirtyRun&) const = default;
};

/// The blocks whose content is in [edit, edit's end + 32768), because their back-references may reach the
/// edit; in order. Appended bytes make a run without blocks, unless the last block is in one. Nothing if the
/// runs would have more than `most` bytes of old content, as with huge blocks.
std::optional<std::vector<DirtyRun>> find_dirty_runs(const ContentScan& scan, const ContentEdits& edits,
                                                     std::uint64_t most);

}  // namespace wheelfix
