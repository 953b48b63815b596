#pragma once

#include <optional>
#include <string>
#include <wheelfix/limits.hpp>

#include "base/file.hpp"

namespace wheelfix {

struct DistInfoTexts {
  std::string metadata;
  std::string wheel_file;  ///< WHEEL
};

/// A wheel's METADATA and WHEEL, byte for byte, without opening the wheel: its central directory is read, two
/// local headers, and two entries are inflated and their CRC-32 checked, so that 670 MB cost no more than
/// 50 kB. Nothing else of the archive is looked at (that is `verify`), but there must be exactly one
/// dist-info with exactly one of each, for installers disagree about the rest. Throws Error{bad_archive |
/// bad_wheel | limit_exceeded | io}.
DistInfoTexts read_dist_info(const File& wheel, const Limits& limits = {});

/// `FOLDER/PKG-INFO` of an sdist that is a ZIP, read in the same way; nothing if it has none. FOLDER is
/// any, at the top.
std::optional<std::string> read_zip_pkg_info(const File& sdist, const Limits& limits = {});

}  // namespace wheelfix
