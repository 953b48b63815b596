#pragma once

#include <string>
#include <vector>
#include <wheelfix/imports.hpp>

#include "doctor/symbol_search.hpp"
#include "environment/library_index.hpp"
#include "environment/missing_libraries.hpp"

namespace wheelfix {

/// What to do about an import that fails: what needs what isn't found, who of the set has it, and the command
/// that makes it work.
std::string import_hint(const PredictedImport& predicted, const WheelSet& set, const LibraryIndex& names,
                        const std::vector<MissingLibrary>& missing, SymbolSearch& search);

}  // namespace wheelfix
