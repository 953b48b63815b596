#pragma once

#include <vector>
#include <wheelfix/edit.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/loader.hpp>

namespace wheelfix {

/// `requires-other-version`, a warning for each Requires-Dist of these wheels that the version of another one
/// of them met, and its version as edited doesn't: `==2.1.0+cu121` or `===2.1.0`. One whose marker certainly
/// doesn't hold on the system requires nothing. Source: packaging.python.org, "Version specifiers", "Version
/// matching".
std::vector<Finding> broken_requirements(const std::vector<WheelEdit>& wheels, const LoaderSystem& system);

}  // namespace wheelfix
