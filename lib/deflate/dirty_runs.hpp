#pragma once

#include <cstdint>
#include <optional>
#include <vector>
#include <wheelfix/byte_edit.hpp>

#include "deflate/content_scan.hpp"

namespace wheelfix {

/// Blocks that follow each other and are to be encoded anew: from the beginning of one to that of the next
/// that is to stay, or to the end of the stream.
struct DirtyRun {
  BlockStart begin;
  BlockStart end;
  bool ends_stream = false;

  bool operator==(const DirtyRun&) const = default;
};

/// The blocks whose content lies in [edit, edit's end + 32768), for their back-references may reach the edit;
/// in order. Bytes that are appended make a run without blocks, unless the last block is in one. Nothing
/// where the runs would have more than `most` bytes of old content, as they do where blocks are huge.
std::optional<std::vector<DirtyRun>> find_dirty_runs(const ContentScan& scan, const ContentEdits& edits,
                                                     std::uint64_t most);

}  // namespace wheelfix
