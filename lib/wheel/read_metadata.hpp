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

/// A wheel's METADATA and WHEEL, byte for byte, without opening the wheel: reads its central directory and
/// two local headers, inflates two entries and checks their CRC-32, so that 670 MB cost no more than 50 kB.
/// Doesn't look at the rest of the archive (that is `verify`), but there must be exactly one dist-info with
/// exactly one of each, because installers disagree about anything else. Throws Error{bad_archive | bad_wheel
/// | limit_exceeded | io}.
DistInfoTexts read_dist_info(const File& wheel, const Limits& limits = {});

/// `FOLDER/PKG-INFO` of an sdist that is a ZIP, read in the same way; nothing if it has none. FOLDER is any
/// top folder.
std::optional<std::string> read_zip_pkg_info(const File& sdist, const Limits& limits = {});

}  // namespace wheelfix
