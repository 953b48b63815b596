#pragma once

#include <cstdint>
#include <string>
#include <vector>
#include <wheelfix/wheel.hpp>

#include "base/full_stamp.hpp"

namespace wheelfix {

/// A digest of paths, modes and stamps, `stamps` by file, by which a later run knows that all files are as
/// they were. Empty without files, and if one isn't settled.
std::string digest_of(const std::vector<WheelEntry>& files, const std::vector<FullStamp>& stamps,
                      std::int64_t now);

}  // namespace wheelfix
