#pragma once

#include <cstddef>
#include <string>
#include <vector>
#include <wheelfix/doctor.hpp>
#include <wheelfix/imports.hpp>

namespace wheelfix {

/// `torch 2.1.0`.
std::string package_name(const WheelSet& set, std::size_t wheel);

/// The wheels with their libraries, and what these need; as Examination::packages.
std::vector<ExaminedPackage> examined_packages(const WheelSet& set);

}  // namespace wheelfix
