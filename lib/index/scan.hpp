#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace wheelfix {

struct ScannedFile {
  std::string name;
  FileStamp stamp;
  bool is_readable = true;  ///< false for a broken symlink and a folder named like a package
};

/// The files in a folder that are packages by their names, by name; folders within are not entered. Throws
/// Error{io} if the folder can't be read. A file that vanishes meanwhile is left out.
std::vector<ScannedFile> scan_packages(const std::filesystem::path& folder);

}  // namespace wheelfix
