#include "loader/definition_rules.hpp"

#include <algorithm>

namespace wheelfix {
namespace {

using elf::SymbolVersion;

bool has_type(const DynamicSymbol& symbol, bool with_indirect) {
  switch (symbol.type) {
    case STT_NOTYPE:
    case STT_OBJECT:
    case STT_FUNC:
    case STT_COMMON:
    case STT_TLS:
      return true;
    default:
      return symbol.type == STT_GNU_IFUNC && with_indirect;
  }
}

bool has_binding(const DynamicSymbol& symbol) {
  return symbol.binding == STB_GLOBAL || symbol.binding == STB_WEAK || symbol.binding == STB_GNU_UNIQUE;
}

class GlibcSymbols : public DefinitionRules {
 public:
  bool is_definition(const DynamicSymbol& symbol) const override {
    return (symbol.has_value || symbol.is_absolute || symbol.type == STT_TLS) && has_type(symbol, true);
  }

  bool fits(const Wanted& wanted, const SymbolFile& file, const Definitions& definitions) const override {
    const auto can_be_bound = [](const DynamicSymbol* symbol) {
      return has_binding(*symbol) && is_visible(*symbol);
    };
    if (file.versions.empty()) return std::ranges::any_of(definitions, can_be_bound);
    if (wanted.version == nullptr) return fits_without_version(definitions);
    return std::ranges::any_of(definitions, [&](const DynamicSymbol* symbol) {
      return can_be_bound(symbol) && has_version(*symbol, file, *wanted.version);
    });
  }

 private:
  static bool has_version(const DynamicSymbol& symbol, const SymbolFile& file, const SymbolVersion& version) {
    if (const auto* own = file.versions.of(symbol)) return own->name == version.name;
    return version.takes_unversioned && has_default_version(symbol);
  }

  /// The one without a version or of the first; else the only one that isn't hidden behind its version.
  static bool fits_without_version(const Definitions& definitions) {
    const DynamicSymbol* chosen = nullptr;
    std::size_t defaults = 0;
    for (const auto* symbol : definitions) {
      if ((symbol->version & ~elf::version_hidden) < 3) return has_binding(*symbol) && is_visible(*symbol);
      if (has_default_version(*symbol) && defaults++ == 0) chosen = symbol;
    }
    return defaults == 1 && has_binding(*chosen) && is_visible(*chosen);
  }
};

class MuslSymbols : public DefinitionRules {
 public:
  bool is_definition(const DynamicSymbol& symbol) const override {
    return (symbol.has_value || symbol.type == STT_TLS) && has_type(symbol, false) && has_binding(symbol);
  }

  bool fits(const Wanted&, const SymbolFile& file, const Definitions& definitions) const override {
    return !file.symbols->has_versions || std::ranges::any_of(definitions, [](const DynamicSymbol* symbol) {
      return has_default_version(*symbol);
    });
  }
};

}  // namespace

const DefinitionRules& definition_rules(LoaderKind kind) {
  static const GlibcSymbols glibc;
  static const MuslSymbols musl;
  return kind == LoaderKind::glibc ? static_cast<const DefinitionRules&>(glibc) : musl;
}

bool is_of_standard_cxx(std::string_view name) {
  if (!name.starts_with("_Z")) return false;
  name.remove_prefix(2);
  for (const std::string_view operators : {"nw", "na", "dl", "da"})
    if (name.starts_with(operators)) return true;
  if (name.starts_with('T') && name.size() > 2) {
    name.remove_prefix(2);
    if (name.size() == 1) return true;
  }
  if (name.starts_with('N')) name.remove_prefix(1);
  if (name.starts_with('K')) name.remove_prefix(1);
  constexpr std::string_view abbreviations = "tabsiod";  // std, std::allocator and so on
  const bool is_in_std = name.size() > 1 && name[0] == 'S' && abbreviations.find(name[1]) != name.npos;
  return is_in_std || name.starts_with("10__cxxabiv1");
}

}  // namespace wheelfix
