#include "environment/set_symbols.hpp"

#include <algorithm>

#include "library/entry_symbols.hpp"

namespace wheelfix {

namespace {

std::shared_ptr<const LibrarySymbols> symbols_of(const WheelSet& set, const PlacedLibrary& library) {
  const auto& libraries = set.libraries[library.wheel].libraries;
  const auto known = std::ranges::lower_bound(libraries, library.entry, {}, &WheelLibrary::path);
  if (known != libraries.end() && known->path == library.entry && known->symbols) return known->symbols;
  return read_entry_symbols(set.wheels[library.wheel], library.entry);
}

}  // namespace

SymbolTables symbol_tables(const WheelSet& set, std::filesystem::path sysroot) {
  return SymbolTables(
      [&set, root = std::move(sysroot)](const TreeNode& file) -> std::shared_ptr<const elf::DynamicSymbols> {
        const auto path = file.path();
        std::shared_ptr<const LibrarySymbols> symbols;
        if (const auto* library = set.placed.find(path))
          symbols = symbols_of(set, *library);
        else if (set.placed.files().has_source())
          symbols = read_file_symbols(root / std::filesystem::path(path).relative_path());
        return symbols ? std::shared_ptr<const elf::DynamicSymbols>(symbols, &symbols->dynamic) : nullptr;
      });
}

}  // namespace wheelfix
