#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace wheelfix {

/// By what a file is known to be the one that was read before.
struct FileStamp {
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;  ///< since 1970, UTC
  std::uint64_t inode = 0;

  bool operator==(const FileStamp&) const = default;
};

FileStamp stamp_of(const struct stat& status);

struct ScannedFile {
  std::string name;
  FileStamp stamp;
  bool is_readable = true;  ///< false for a symlink to nothing and a folder named as a package
};

/// The files in a folder that are packages by their names, by name; folders within are not entered. Throws
/// Error{io} where the folder can't be read. A file that vanishes meanwhile is left out.
std::vector<ScannedFile> scan_packages(const std::filesystem::path& folder);

}  // namespace wheelfix
