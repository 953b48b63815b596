#pragma once

#include <cstdint>
#include <string_view>
#include <vector>
#include <wheelfix/loader.hpp>

#include "loader/symbol_index.hpp"

namespace wheelfix {

using elf::DynamicSymbol;

/// A reference to look up.
struct Wanted {
  std::string_view name;
  std::uint32_t hash = 0;
  const elf::SymbolVersion* version = nullptr;  ///< null: any
};

/// What is hidden binds within its own file.
inline bool is_visible(const DynamicSymbol& symbol) {
  return symbol.visibility != STV_HIDDEN && symbol.visibility != STV_INTERNAL;
}

/// Without this a lookup must name the symbol's version.
inline bool has_default_version(const DynamicSymbol& symbol) {
  return (symbol.version & elf::version_hidden) == 0;
}

using Definitions = std::vector<const DynamicSymbol*>;

/// Which definition a loader binds a symbol to.
class DefinitionRules {
 public:
  virtual ~DefinitionRules() = default;
  /// Whether a lookup considers it at all.
  virtual bool is_definition(const DynamicSymbol& symbol) const = 0;
  /// Whether one of a file's definitions of a name is what is wanted, of which there is at least one.
  virtual bool fits(const Wanted& wanted, const SymbolFile& file, const Definitions& definitions) const = 0;
};

/// Of glibc's loader, or musl's.
const DefinitionRules& definition_rules(LoaderKind kind);

/// Of libstdc++: what is in namespace std or __cxxabiv1, operators new and delete, type information of
/// built-in types. Source: the Itanium C++ ABI, "External Names".
bool is_of_standard_cxx(std::string_view name);

}  // namespace wheelfix
