#pragma once

#include <string>
#include <vector>

#include "lock/patched_wheels.hpp"

namespace wheelfix {

/// Of the files of an old version those for whose tags none of the wheels is: sdists, and wheels of other
/// Pythons and systems. Nothing if a wheel is for all.
std::vector<std::string> uncovered_files(const std::vector<std::string>& old, const PatchedVersion& version);

}  // namespace wheelfix
