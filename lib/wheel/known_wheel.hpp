#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>
#include <wheelfix/wheel.hpp>

#include "base/file.hpp"

namespace wheelfix {

/// What was read of a wheel's archive when it was opened.
struct KnownWheel {
  std::string dist_info;
  std::optional<std::string> data_dir;
  std::string metadata, wheel_file, record;  ///< texts
  std::vector<Finding> warnings;             ///< without the wheel's path
  std::vector<WheelEntry> entries;
};

KnownWheel known_wheel(const Wheel& wheel);

/// The same as Wheel::open, by what is known of the file of that stamp, which is only opened once content is
/// asked for, and then throws as Wheel::open, and Error{io} if it is another file by then. Throws Error for
/// texts that don't parse.
Wheel open_known(const std::filesystem::path& path, const FileStamp& stamp, const Limits& limits,
                 KnownWheel known);

}  // namespace wheelfix
