#pragma once

#include <cstddef>
#include <vector>
#include <wheelfix/finding.hpp>
#include <wheelfix/imports.hpp>

namespace wheelfix {

/// Libraries of a wheel of the stable ABI that use what its oldest Python may lack. Symbols are those that a
/// loader binds, and that must be found, of ELF files for the set's machine; what the wheel's own libraries
/// define isn't Python's.
std::vector<Finding> check_stable_abi(const WheelSet& set, std::size_t wheel);

}  // namespace wheelfix
