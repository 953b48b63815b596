#pragma once

#include <string>
#include <vector>
#include <wheelfix/wheel.hpp>

#include "base/file.hpp"

namespace wheelfix {

/// The SHA-256 of a whole file, in hexadecimal.
std::string file_hash(const File& file);

/// Those of wheels as they were opened. Throws Error{io}, also for one that has changed since.
std::vector<std::string> hashes_of_files(const std::vector<Wheel>& wheels, unsigned jobs);

}  // namespace wheelfix
