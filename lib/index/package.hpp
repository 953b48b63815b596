#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <wheelfix/limits.hpp>

#include "base/progress_meter.hpp"
#include "index/scan.hpp"

namespace wheelfix {

/// The name of a wheel's METADATA next to it (PEP 658).
std::string metadata_name(const std::string& file_name);

/// All that an index says about a file.
struct Package {
  std::string file_name;
  std::string project;  ///< normalised
  std::string version;  ///< in normal form
  FileStamp stamp;
  std::string sha256;  ///< lower-case hexadecimal
  std::string
      metadata_sha256;  ///< of a wheel's METADATA; empty if it isn't offered: an sdist, too long a name
  std::string requires_python;  ///< empty if the metadata has none, or not in printable ASCII

  bool operator==(const Package&) const = default;
};

struct ReadPackage {
  Package package;
  std::string metadata;  ///< METADATA's bytes; empty for an sdist
};

/// Reads a package once: project and version from its name, confirmed by its metadata; hash; Requires-Python.
/// Returns nothing if the file was removed meanwhile. Throws Error for one that clients would refuse: a bad
/// name or archive, metadata with another project or version; and for a file that changes while it is read.
/// Memory: 256 KiB and the metadata, whatever the file's size.
std::optional<ReadPackage> read_package(const std::filesystem::path& folder, const std::string& file_name,
                                        const Limits& limits, ProgressMeter& meter);

}  // namespace wheelfix
