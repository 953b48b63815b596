#pragma once

#include <filesystem>
#include <vector>
#include <wheelfix/finding.hpp>
#include <wheelfix/limits.hpp>
#include <wheelfix/wheel.hpp>

namespace wheelfix {

/// Whether the project of an editable install, which its direct_url.json names, is still there. Source:
/// packaging.python.org, "Recording the Direct URL Origin of installed distributions".
/// `sysroot`: the root folder of the system that it is part of.
std::vector<Finding> check_editable(const Wheel& installed, const std::filesystem::path& sysroot,
                                    const Limits& limits);

/// The same of what `setup.py develop` installed: NAME.egg-link files in a folder, whose first line is the
/// project's. Source: setuptools' command/develop.py.
std::vector<Finding> check_egg_links(const std::filesystem::path& folder,
                                     const std::filesystem::path& sysroot, const Limits& limits);

}  // namespace wheelfix
