#pragma once

#include <filesystem>
#include <vector>

#include "common/options.hpp"

namespace cli {

/// The wheels that --against names: files, globs, which a shell leaves alone if they are quoted, and folders
/// of wheels. Refuses one that names no wheel, and says which wheels are there.
std::vector<std::filesystem::path> wheels_against(const CommandLine& line);

}  // namespace cli
