#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>
#include <wheelfix/finding.hpp>
#include <wheelfix/wheel.hpp>

#include "base/full_stamp.hpp"

namespace wheelfix {

/// A file, its path relative to the folder, with size and mode. Symlinks are followed.
struct SiteFile {
  WheelEntry entry;
  FullStamp stamp;
};

/// `path`: relative to the folder.
SiteFile site_file(std::string path, const struct stat& status);

/// What is in a folder of sys.path.
struct SiteFiles {
  std::vector<std::string> names;  ///< at the top, of files and folders, in order
  /// In order of path. Without compiled Python (`__pycache__`, `.pyc`), the files of .dist-info and .egg-info
  /// folders, and packages that pip set aside (`~orch`).
  std::vector<SiteFile> files;
  std::vector<Finding> findings;  ///< folders that can't be read
};

/// Which names at the top are listed.
enum class SiteNames {
  all,
  /// Those that Python can import: the folder is somebody's project, which a `.pth` file names, and may have
  /// anything in it.
  importable,
};

/// `jobs`: threads, 0 for one for each processor. Throws Error{limit_exceeded} for more than `max_files`.
SiteFiles list_site_files(const std::filesystem::path& folder, SiteNames names, std::uint64_t max_files,
                          unsigned jobs);

}  // namespace wheelfix
