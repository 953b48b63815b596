#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/console.hpp"

namespace cli {

/// Has the user's own pip download `words` (requirements, and pip's options) and what the requirements files
/// ask for, with all dependencies, into a folder, which pip creates if it is missing. It is the `pip` that
/// PATH finds, else `python3 -m pip`. Its settings and environment count, and all its output goes to stderr.
/// Throws Error{io} if there is no pip or it fails, Error{cancelled} after a signal.
void pip_download(const std::filesystem::path& folder, const std::vector<std::string>& requirement_files,
                  const std::vector<std::string>& words, Verbosity verbosity);

}  // namespace cli
