#pragma once

#include <cstddef>
#include <string>
#include <wheelfix/imports.hpp>

#include "doctor/symbol_search.hpp"
#include "environment/library_index.hpp"

namespace wheelfix {

/// What to do about a symbol or a version that isn't found: which library is the wrong one, which other
/// version is needed, who of the set has it, or what is most like it. `needing`: the wheel of the library
/// that needs it.
std::string symbol_hint(const PredictedImport& predicted, const WheelSet& set, const LibraryIndex& names,
                        SymbolSearch& search, std::size_t needing);

}  // namespace wheelfix
