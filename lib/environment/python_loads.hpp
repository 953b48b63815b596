#pragma once

#include <string_view>
#include <vector>
#include <wheelfix/imports.hpp>

#include "environment/wheel_code.hpp"

namespace wheelfix {

/// Whether a string literal of code that loads libraries means a file of this name: the name itself, or a
/// glob that names a library.
bool names_library(std::string_view literal, std::string_view file_name);

/// As read_python_loads, by what the wheels' code says: `codes`, by wheel, have loads.
PythonLoads find_loads(const std::vector<WheelEdit>& wheels, const std::vector<WheelCode>& codes,
                       const PlacedWheels& placed);

}  // namespace wheelfix
