#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/limits.hpp>
#include <wheelfix/wheel.hpp>

namespace wheelfix {

/// The names of the .dist-info folders in a folder of sys.path, in order; empty if it can't be read.
std::vector<std::string> list_dist_info(const std::filesystem::path& folder);

/// What is installed of a project in a folder of sys.path, with those files of its RECORD that exist, but for
/// compiled Python. Only the names in the folder are read, and what belongs to the project. Nothing if it has
/// no .dist-info there. Throws Error{bad_wheel} if that has no RECORD that can be read.
std::optional<Wheel> find_distribution(const std::filesystem::path& folder, std::string_view project,
                                       const Limits& limits);

}  // namespace wheelfix
