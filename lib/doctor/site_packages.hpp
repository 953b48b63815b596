#pragma once

#include <filesystem>
#include <vector>
#include <wheelfix/finding.hpp>
#include <wheelfix/limits.hpp>

namespace wheelfix {

/// A folder that wheels were installed to: what its .dist-info folders say against the files that are there.
/// Their contents aren't read, so that of a file only its size is compared; nothing is run. A finding's wheel
/// is the folder as it was given, its path is relative to that. What can't be read is a finding too. Source:
/// packaging.python.org, "Recording installed projects".
std::vector<Finding> check_site_packages(const std::filesystem::path& folder, const Limits& limits = {});

}  // namespace wheelfix
