#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/imports.hpp>

#include "doctor/symbol_names.hpp"
#include "environment/set_symbols.hpp"

namespace wheelfix {

/// A library of a set that defines a symbol.
struct SymbolPlace {
  const PlacedLibrary* library = nullptr;
  std::string symbol;
  std::vector<std::string> versions = {};  ///< of the symbol, as the library defines it
};

struct SymbolPlaces {
  std::vector<SymbolPlace> same = {};       ///< in the order of the set
  std::optional<SymbolPlace> nearest = {};  ///< with the name that is most like it
  std::optional<SimilarNames::Likeness> likeness = {};
};

/// Which libraries of a set, loaded or not, have symbols. All are read once for all names that are expected.
/// The set must outlive it, and keep its libraries.
class SymbolSearch {
 public:
  /// `sysroot`: of the system's files in the set's tree.
  SymbolSearch(const WheelSet& set, std::filesystem::path sysroot);

  /// These will be asked for.
  void expect(const std::string& symbol);
  /// Valid as long as this is.
  const SymbolPlaces& places(const std::string& symbol);
  bool is_defined(const std::string& symbol) { return !places(symbol).same.empty(); }
  /// Whether a library defines a version. `path`: in the tree.
  bool has_version(const std::string& path, std::string_view version);

 private:
  struct Wanted {
    SimilarNames similar;
    SymbolPlaces places;
  };

  void read();
  void read(const PlacedLibrary& library, const LibrarySymbols& symbols);
  static void compare(const PlacedLibrary& library, std::string_view name, std::string_view version,
                      const std::string& symbol, Wanted& wanted);

  const WheelSet& set_;
  std::filesystem::path sysroot_;
  SetSymbols symbols_;
  std::map<std::string, Wanted> known_, expected_;  ///< by symbol
};

}  // namespace wheelfix
