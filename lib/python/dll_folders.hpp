#pragma once

#include <string>
#include <vector>

#include "python/syntax.hpp"

namespace wheelfix::python {

/// The folders that a file gives to os.add_dll_directory, as globs for paths that begin with a `/` at the
/// wheel's root: `/demo/lib`, `*/Library/bin` where the beginning isn't known, `*` where nothing is. What the
/// file appends to lists may be among them, as far as it is known to be in the wheel. `path` is the file's
/// own below the wheel's root. Nothing is run. Throws as library_loads.
std::vector<std::string> dll_folders(const Syntax& syntax, const std::string& path);

}  // namespace wheelfix::python
