#pragma once

#include <string>
#include <vector>

#include <wheelfix/binary.hpp>
#include <wheelfix/edit.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/progress.hpp>

namespace wheelfix {

/// A library or program in a wheel.
struct WheelLibrary {
  std::string path;  ///< of the entry
  BinaryInfo info;
};

struct WheelLibraries {
  std::vector<WheelLibrary> libraries;  ///< in order of path
  /// `bad-library`, an error: what begins as a library does, but can't be read, with the structure at fault.
  std::vector<Finding> findings;
};

struct ReadLibrariesOptions {
  unsigned jobs = 0;  ///< threads; 0: one for each processor. The result doesn't depend on it
  ProgressCallback progress = {};
};

/// Reads all libraries of a wheel, as edited, each no further than the last of its headers, tables and names.
/// Entries are told by their first bytes; those named as sources (`.py`, `.h` and the like) are not looked
/// at. Throws Error{bad_archive | io | cancelled}.
WheelLibraries read_libraries(const WheelEdit& edit, const ReadLibrariesOptions& options = {});
WheelLibraries read_libraries(const Wheel& wheel, const ReadLibrariesOptions& options = {});

}  // namespace wheelfix
