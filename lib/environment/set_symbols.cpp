#include "environment/set_symbols.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "library/entry_symbols.hpp"
#include "library/library_limits.hpp"

namespace wheelfix {
namespace {

using Symbols = std::shared_ptr<const LibrarySymbols>;

class SetSymbols {
 public:
  SetSymbols(const WheelSet& set, std::filesystem::path sysroot) : set_(set), sysroot_(std::move(sysroot)) {}

  Symbols read(const TreeNode& file) {
    const auto path = file.path();
    if (const auto* library = set_.placed.find(path)) return of_wheel(*library);
    const auto in_system = sysroot_ / std::filesystem::path(path).relative_path();
    return set_.placed.files().has_source() ? read_file_symbols(in_system) : nullptr;
  }

 private:
  Symbols of_wheel(const PlacedLibrary& library) {
    const auto& libraries = set_.libraries[library.wheel].libraries;
    const auto known = std::ranges::lower_bound(libraries, library.entry, {}, &WheelLibrary::path);
    if (known != libraries.end() && known->path == library.entry && known->symbols) return known->symbols;
    return is_kept(library) ? read_entry_symbols(set_.wheels[library.wheel], library.entry) : nullptr;
  }

  bool is_kept(const PlacedLibrary& library) {
    const auto& edit = set_.wheels[library.wheel];
    if (edit.wheel().installation() != nullptr) return true;
    const auto [entries, is_new] = kept_.try_emplace(library.wheel);
    if (is_new) entries->second = entries_with_symbols(edit);
    return entries->second.contains(library.entry);
  }

  const WheelSet& set_;
  std::filesystem::path sysroot_;
  std::map<std::size_t, std::set<std::string, std::less<>>> kept_;  ///< by wheel
};

}  // namespace

SymbolTables symbol_tables(const WheelSet& set, std::filesystem::path sysroot) {
  auto read = std::make_shared<SetSymbols>(set, std::move(sysroot));
  return SymbolTables([read](const TreeNode& file) -> std::shared_ptr<const elf::DynamicSymbols> {
    const auto symbols = read->read(file);
    return symbols ? std::shared_ptr<const elf::DynamicSymbols>(symbols, &symbols->dynamic) : nullptr;
  });
}

}  // namespace wheelfix
