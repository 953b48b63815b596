#pragma once

#include <filesystem>
#include <vector>

namespace wheelfix {

/// A folder that is installed with wheelfix, by its path from the folder of its programs, by that from the
/// folder of its libraries, and whole.
struct OwnFolder {
  const char* from_programs;
  const char* from_libraries;
  const char* installed;
};

/// The folder of the running program; empty if that can't be known.
std::filesystem::path program_folder();

/// Where the folder may be, because an installed tree may be moved: seen from the running program, seen from
/// the shared library that has this code, and where it was meant to be.
std::vector<std::filesystem::path> places_of(const OwnFolder& folder);

}  // namespace wheelfix
