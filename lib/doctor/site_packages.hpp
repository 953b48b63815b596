#pragma once

#include <filesystem>
#include <vector>
#include <wheelfix/finding.hpp>
#include <wheelfix/limits.hpp>

#include "installed/installed.hpp"

namespace wheelfix {

/// A folder that wheels were installed to: compares its .dist-info folders with the existing files. Contents
/// aren't read, so only the size of a file is compared; nothing is run. A finding's wheel is the folder as
/// given, and its path is relative to that. What can't be read is a finding too. Source:
/// packaging.python.org, "Recording installed projects". What `installed` has of the folder isn't read again.
std::vector<Finding> check_site_packages(const std::filesystem::path& folder, const Limits& limits = {},
                                         const InstalledPackages& installed = {});

}  // namespace wheelfix
