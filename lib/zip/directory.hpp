#pragma once

#include <cstdint>
#include <string>
#include <vector>
#include <wheelfix/limits.hpp>

#include "base/file.hpp"
#include "base/finding_sink.hpp"
#include "zip/entry.hpp"

namespace wheelfix::zip {

/// An archive's central directory and end records (APPNOTE.TXT 4.3.12 to 4.3.16), ZIP64 included.
struct Directory {
  std::vector<Entry> entries;
  std::string comment;
  std::uint64_t begin = 0;  ///< offset of the first central header
  /// Set by read_local_headers: an entry with a data descriptor has some of its sizes and CRC-32 in the local
  /// header too, as Info-ZIP's zip writes them to a pipe. libzip's check takes that as an inconsistency.
  bool has_partly_deferred = false;
};

/// Throws Error{bad_archive} if there is none, it is cut short, spans disks, or its counts and offsets
/// contradict each other; Error{limit_exceeded} for too many entries. Bytes other than its comment after the
/// end record are an error too: readers that search for the last end record would disagree about the content.
Directory read_directory(const File& file, const Limits& limits);

/// Reads each entry's local header, fills in data_offset and end_offset, and returns what disagrees with the
/// central directory.
FindingSink read_local_headers(const File& file, Directory& directory, const Limits& limits);

}  // namespace wheelfix::zip
