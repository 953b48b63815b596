#pragma once

#include <sys/stat.h>

#include <cstdint>

namespace wheelfix {

/// What tells a file's content from that of any other time: writing to a file changes `changed`, which nobody
/// can set back.
struct FullStamp {
  std::uint64_t device = 0, inode = 0, size = 0;
  std::int64_t modified = 0, changed = 0;  ///< nanoseconds since 1970, UTC
};

FullStamp full_stamp_of(const struct stat& status);

/// Nanoseconds since 1970, UTC.
std::int64_t time_now();

/// Whether a file was changed two seconds before `now` or earlier. Else another change might leave its times,
/// which some file systems keep in steps.
bool is_settled(const FullStamp& stamp, std::int64_t now);

}  // namespace wheelfix
