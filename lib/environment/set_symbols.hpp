#pragma once

#include <filesystem>
#include <wheelfix/imports.hpp>

#include "loader/symbol_tables.hpp"

namespace wheelfix {

/// The symbols of a set's libraries, and of those of the system below `sysroot`, if its files are in the
/// set's tree. They are read when they are asked for. The set must outlive it, and keep its libraries.
SymbolTables symbol_tables(const WheelSet& set, std::filesystem::path sysroot);

}  // namespace wheelfix
