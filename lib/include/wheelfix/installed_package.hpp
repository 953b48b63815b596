#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include <wheelfix/limits.hpp>
#include <wheelfix/wheel.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// What is installed of a project in an environment: the files of its RECORD that exist, without compiled
/// Python. `environment`: as for examine_installed. Throws Error{usage} if it isn't installed there, and as
/// examine_installed for the environment.
Wheel open_installed(const std::vector<std::filesystem::path>& environment, std::string_view project,
                     const Limits& limits = {});

/// Whether a folder is an environment or a folder that packages are installed in, and not one that a single
/// wheel was unpacked to.
bool is_installation(const std::filesystem::path& folder);

}  // namespace wheelfix
#pragma GCC visibility pop
