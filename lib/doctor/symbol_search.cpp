#include "doctor/symbol_search.hpp"

#include <algorithm>
#include <utility>

#include "library/entry_symbols.hpp"
#include "loader/library_names.hpp"

namespace wheelfix {
namespace {

constexpr std::size_t most_expected = 100;  // so many are compared with each symbol of the set

void add_once(std::vector<SymbolPlace>& places, SymbolPlace place) {
  if (places.empty() || places.back().library != place.library) {
    places.push_back(std::move(place));
    return;
  }
  for (auto& version : place.versions) places.back().versions.push_back(std::move(version));
}

}  // namespace

SymbolSearch::SymbolSearch(const WheelSet& set, std::filesystem::path sysroot)
    : set_(set), sysroot_(std::move(sysroot)), symbols_(set) {}

void SymbolSearch::expect(const std::string& symbol) {
  if (!known_.contains(symbol) && expected_.size() < most_expected)
    expected_.try_emplace(symbol, Wanted{SimilarNames(symbol), {}});
}

const SymbolPlaces& SymbolSearch::places(const std::string& symbol) {
  if (const auto known = known_.find(symbol); known != known_.end()) return known->second.places;
  if (!expected_.contains(symbol)) {
    if (expected_.size() >= most_expected) expected_.erase(std::prev(expected_.end()));
    expect(symbol);
  }
  read();
  known_.merge(expected_);
  expected_.clear();
  return known_.at(symbol).places;
}

bool SymbolSearch::has_version(const std::string& path, std::string_view version) {
  const auto* library = set_.placed.find_loaded(path);
  const auto symbols = library != nullptr
                           ? symbols_.of(*library)
                           : read_file_symbols(sysroot_ / std::filesystem::path(path).relative_path());
  return symbols && symbols->elf() != nullptr &&
         std::ranges::any_of(symbols->elf()->versions_defined,
                             [&](const elf::DefinedVersion& defined) { return defined.name == version; });
}

void SymbolSearch::read() {
  for (const auto& library : set_.placed.libraries()) {
    if (!can_load(set_.system, set_.placed.info(library))) continue;
    if (const auto symbols = symbols_.of(library)) read(library, *symbols);
  }
}

void SymbolSearch::read(const PlacedLibrary& library, const LibrarySymbols& symbols) {
  if (const auto* own = symbols.elf()) {
    const elf::VersionTable versions(*own);
    for (std::size_t i = own->first_exported; i < own->symbols.size(); ++i) {
      const auto& symbol = own->symbols[i];
      if (symbol.is_undefined || symbol.binding == STB_LOCAL) continue;
      const auto* version = versions.of(symbol);
      for (auto& [name, wanted] : expected_)
        compare(library, own->name_of(symbol), version == nullptr ? "" : version->name, name, wanted);
    }
  } else if (const auto* macho = symbols.macho_for(set_.placed.info(library), set_.system.machine)) {
    for (auto& [name, wanted] : expected_)
      if (macho->find_export(name)) add_once(wanted.places.same, {&library, name});
  }
}

void SymbolSearch::compare(const PlacedLibrary& library, std::string_view name, std::string_view version,
                           const std::string& symbol, Wanted& wanted) {
  const auto place = [&] {
    SymbolPlace found{&library, std::string(name)};
    if (!version.empty()) found.versions.emplace_back(version);
    return found;
  };
  if (name == symbol) return add_once(wanted.places.same, place());
  const auto likeness = wanted.similar.compare(name);
  auto& best = wanted.places.likeness;
  if (!likeness || (best && !(*likeness < *best))) return;
  best = likeness;
  wanted.places.nearest = place();
}

}  // namespace wheelfix
