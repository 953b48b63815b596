#pragma once

#include <filesystem>

#include <wheelfix/progress.hpp>
#include <wheelfix/wheel.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

struct UnpackOptions {
  unsigned jobs = 0;  ///< threads; 0: one for each processor
  ProgressCallback progress = {};
};

/// Writes a wheel's files below `folder`, which can then be on sys.path: what .data has for sys.path (purelib
/// and platlib) is beside the rest, and its scripts, headers and data stay in .data. RECORD is the wheel's
/// own. A symlink entry becomes a file, as pip makes it. Whole or not at all: the folder is removed again if
/// this throws. Throws Error{output_exists} for a folder that isn't empty, Error{bad_wheel} for two entries
/// with one path, Error{bad_archive | io | cancelled}.
void unpack(const Wheel& wheel, const std::filesystem::path& folder, const UnpackOptions& options = {});

}  // namespace wheelfix
#pragma GCC visibility pop
