#pragma once

#include <string>
#include <wheelfix/finding_code.hpp>
#include <wheelfix/imports.hpp>

#include "environment/library_index.hpp"

namespace wheelfix {

/// Of a failed import.
FindingCode code_of(const LoadFailure& failure);

/// The loader's words, whose paths of wheels' files begin at site-packages if they are about symbols.
std::string words_of(const WheelSet& set, const LoadFailure& failure);

/// Why a symbol that a module doesn't find may be there all the same when it is imported: what imports it, or
/// code that loads libraries with RTLD_GLOBAL, may have loaded it. Empty if nothing says so.
std::string doubt_about(const WheelSet& set, const LibraryIndex& names, const ImportRoot& root,
                        const LoadFailure& failure);

}  // namespace wheelfix
