#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <wheelfix/finding_code.hpp>
#include <wheelfix/imports.hpp>

#include "doctor/symbol_search.hpp"
#include "environment/library_index.hpp"

namespace wheelfix {

/// Of a failed import.
FindingCode code_of(const LoadFailure& failure);

/// Whether macOS looks for the symbol in all that is loaded, and not in a certain library.
bool is_looked_for_in_all(const LoadFailure& failure);

/// The loader's words, whose paths of wheels' files begin at site-packages if they are about symbols.
std::string words_of(const WheelSet& set, const LoadFailure& failure);

/// Why a symbol that a module doesn't find may be there all the same when it is imported: what imports it, or
/// code that loads libraries with RTLD_GLOBAL, may have loaded it. Code and symbols are looked at once, and
/// only if something fails. All must outlive it.
class SymbolDoubts {
 public:
  SymbolDoubts(const WheelSet& set, const LibraryIndex& names, SymbolSearch& search)
      : set_(set), names_(names), search_(search) {}

  /// Empty if nothing says so.
  std::string about(const ImportRoot& root, const LoadFailure& failure);

 private:
  bool needs_set(const ImportRoot& root) const;
  bool loads_globally(std::size_t wheel);
  bool loads_globally();

  const WheelSet& set_;
  const LibraryIndex& names_;
  SymbolSearch& search_;
  std::map<std::size_t, bool> loads_globally_;  ///< by wheel
};

}  // namespace wheelfix
