#include "environment/set_symbols.hpp"

#include <algorithm>

#include "library/library_limits.hpp"

namespace wheelfix {

std::shared_ptr<const LibrarySymbols> SetSymbols::of(const PlacedLibrary& library) {
  const auto& libraries = set_.libraries[library.wheel].libraries;
  const auto known = std::ranges::lower_bound(libraries, library.entry, {}, &WheelLibrary::path);
  if (known != libraries.end() && known->path == library.entry && known->symbols) return known->symbols;
  return is_kept(library) ? read_entry_symbols(set_.wheels[library.wheel], library.entry) : nullptr;
}

bool SetSymbols::is_kept(const PlacedLibrary& library) {
  const auto& edit = set_.wheels[library.wheel];
  if (edit.wheel().installation() != nullptr) return true;
  const auto [entries, is_new] = kept_.try_emplace(library.wheel);
  if (is_new) entries->second = entries_with_symbols(edit);
  return entries->second.contains(library.entry);
}

bool defines(const elf::DynamicSymbols& symbols, std::string_view name) {
  for (std::size_t i = symbols.first_exported; i < symbols.symbols.size(); ++i)
    if (const auto& symbol = symbols.symbols[i]; !symbol.is_undefined && symbols.name_of(symbol) == name)
      return true;
  return false;
}

SymbolTables symbol_tables(const WheelSet& set, std::filesystem::path sysroot) {
  return SymbolTables([&set, symbols = SetSymbols(set), root = std::move(sysroot)](
                          const TreeNode& file) mutable -> std::shared_ptr<const LibrarySymbols> {
    const auto path = file.path();
    if (const auto* library = set.placed.find(path)) return symbols.of(*library);
    if (!set.placed.files().has_source()) return nullptr;
    return read_file_symbols(root / std::filesystem::path(path).relative_path());
  });
}

}  // namespace wheelfix
