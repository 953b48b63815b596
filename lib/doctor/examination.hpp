#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/doctor.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/imports.hpp>

#include "doctor/python_target.hpp"

namespace wheelfix {

/// A message without the lines that follow the first, which dyld has.
std::string_view first_line(std::string_view message);

/// Of a wheel that can't be opened.
Finding unreadable_wheel(const Error& error, const std::filesystem::path& wheel);

/// The findings by what they say, as Examination::causes.
std::vector<Cause> causes_of(const std::vector<Finding>& findings);

/// How many libraries a set has besides its modules; without programs, object files and the like.
std::size_t count_libraries(const WheelSet& set, const std::vector<ImportRoot>& modules);

/// The Python that the wheels of these modules are for, as Examination::python. If they have no Python in
/// common, all that one of them is for.
std::string python_of(const WheelSet& set, const std::vector<ImportRoot>& modules);

/// `Python 3.13.5 (cp313t)`.
std::string described(const PythonTarget& python);

/// The platform tag that promises least of what the whole set needs, as Examination::system: of each wheel
/// the one for the oldest system, and of these the newest.
std::string platform_of(const WheelSet& set);

}  // namespace wheelfix
