#pragma once

#include <cstddef>
#include <filesystem>
#include <wheelfix/finding.hpp>
#include <wheelfix/imports.hpp>

namespace wheelfix {

/// Whether a wheel's libraries are loaded by the rules that the set is examined by.
bool is_examined(const WheelSet& set, std::size_t wheel);

/// Why one isn't: its loader isn't simulated, or another wheel's is.
Finding not_examined(const WheelSet& set, std::size_t wheel);

/// That the system below a root folder is for another machine or loader than the wheels.
Finding other_sysroot(const WheelSet& set, const std::filesystem::path& sysroot);

}  // namespace wheelfix
