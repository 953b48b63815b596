#pragma once

#include <string>
#include <vector>
#include <wheelfix/wheel.hpp>

namespace wheelfix {

/// The SHA-256 of wheels as they were opened, in hexadecimal. Throws Error{io}, also for one that has changed
/// since.
std::vector<std::string> hashes_of_files(const std::vector<Wheel>& wheels, unsigned jobs);

}  // namespace wheelfix
