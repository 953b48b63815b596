#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>
#include <wheelfix/finding.hpp>
#include <wheelfix/library.hpp>
#include <wheelfix/wheel.hpp>

#include "doctor/python_target.hpp"

namespace wheelfix {

/// Modules of a distribution that is installed which only other Pythons import.
std::vector<Finding> check_installed(const Wheel& wheel, const WheelLibraries& libraries,
                                     const PythonTarget& python);

/// The tag of the system whose libraries most modules are: `linux_x86_64`, `musllinux_1_2_x86_64`,
/// `win_amd64`, `macosx_11_0_arm64`; without a library that of this machine.
std::string platform_of_libraries(const std::vector<WheelLibraries>& libraries);

/// The Python that the most modules are for by their names; of several the newest. Nothing if no name tells.
std::optional<PythonTarget> python_of_modules(const std::vector<WheelLibraries>& libraries);

/// The ABIs of the modules that a Python imports, `cp313t`, and `abi3` for the stable one.
std::set<std::string> abis_of(const PythonTarget& python);

}  // namespace wheelfix
