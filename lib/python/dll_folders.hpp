#pragma once

#include <string>
#include <vector>

#include "python/syntax.hpp"

namespace wheelfix::python {

/// The folders that a file gives to os.add_dll_directory, as globs for paths that begin with a `/` at the
/// wheel's root: `/demo/lib`, `*/Library/bin` if the beginning isn't known, `*` if nothing is. Folders that
/// the file adds to lists are included if they are known to be in the wheel. `path` is the file's own path
/// below the wheel's root. Nothing is run. Throws like library_loads.
std::vector<std::string> dll_folders(const Syntax& syntax, const std::string& path);

}  // namespace wheelfix::python
