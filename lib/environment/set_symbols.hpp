#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <wheelfix/imports.hpp>

#include "library/entry_symbols.hpp"
#include "loader/symbol_tables.hpp"

namespace wheelfix {

/// The symbols of a set's libraries, as they were read with them, or else read now. The set must outlive it,
/// and keep its libraries.
class SetSymbols {
 public:
  explicit SetSymbols(const WheelSet& set) : set_(set) {}

  /// Null if they can't be read, or aren't kept (see entries_with_symbols).
  std::shared_ptr<const LibrarySymbols> of(const PlacedLibrary& library);

 private:
  bool is_kept(const PlacedLibrary& library);

  const WheelSet& set_;
  std::map<std::size_t, std::set<std::string, std::less<>>> kept_;  ///< by wheel
};

/// Whether other files find a symbol of this name in the file.
bool defines(const elf::DynamicSymbols& symbols, std::string_view name);

/// Reads, on all threads, the symbols of the installed libraries that modules need, which a Process would
/// read one after the other.
void read_needed_symbols(WheelSet& set, unsigned jobs);

/// For a Process: these, and the symbols of the system below `sysroot`, if its files are in the set's tree.
SymbolTables symbol_tables(const WheelSet& set, std::filesystem::path sysroot);

}  // namespace wheelfix
