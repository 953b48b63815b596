#pragma once

#include <string>
#include <utility>
#include <vector>

#pragma GCC visibility push(default)
namespace wheelfix {

/// wheelfix's own version, `0.1.0`.
std::string version_string();

/// The libraries that this build uses, with the versions that it runs with (or, if a library doesn't say, was
/// built with).
std::vector<std::pair<std::string, std::string>> library_versions();

}  // namespace wheelfix
#pragma GCC visibility pop
