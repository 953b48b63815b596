#include "environment/set_symbols.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "base/workers.hpp"
#include "library/library_limits.hpp"

namespace wheelfix {
namespace {

struct InstalledLibrary {
  const WheelEdit* wheel;
  WheelLibrary* library;
  bool is_needed = false;
};

/// The modules, and by file name what they and those need.
std::vector<InstalledLibrary> needed_by_modules(WheelSet& set) {
  std::vector<InstalledLibrary> all, needed;
  std::unordered_multimap<std::string_view, std::size_t> by_name;
  for (std::size_t i = 0; i < set.wheels.size(); ++i) {
    if (set.wheels[i].wheel().installation() == nullptr) continue;
    for (auto& library : set.libraries[i].libraries) {
      by_name.emplace(file_name(library.path), all.size());
      all.push_back({&set.wheels[i], &library});
    }
  }
  const auto need = [&](InstalledLibrary& one) {
    if (!std::exchange(one.is_needed, true)) needed.push_back(one);
  };
  for (auto& one : all)
    if (one.library->is_module) need(one);
  for (std::size_t next = 0; next < needed.size(); ++next) {
    for (const auto& name : needed[next].library->info.needed) {
      const auto [begin, end] = by_name.equal_range(file_name(name));
      for (auto found = begin; found != end; ++found) need(all[found->second]);
    }
  }
  return needed;
}

}  // namespace

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

void read_needed_symbols(WheelSet& set, unsigned jobs) {
  const auto needed = needed_by_modules(set);
  for_each_parallel(needed.size(), jobs, [&](std::size_t i) {
    auto& library = *needed[i].library;
    if (!library.symbols) library.symbols = read_entry_symbols(*needed[i].wheel, library.path);
  });
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
