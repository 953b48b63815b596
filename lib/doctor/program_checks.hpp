#pragma once

#include <cstddef>
#include <vector>
#include <wheelfix/finding.hpp>
#include <wheelfix/imports.hpp>

#include "environment/library_index.hpp"

namespace wheelfix {

/// Programs of a wheel that don't start where they are installed: those of .data/scripts, and other
/// executable entries, which are warnings, because what starts them may set LD_LIBRARY_PATH. Windows is left
/// out: it searches the folders of PATH for a program's DLLs.
std::vector<Finding> check_programs(const WheelSet& set, std::size_t wheel, const LibraryIndex& names);

}  // namespace wheelfix
