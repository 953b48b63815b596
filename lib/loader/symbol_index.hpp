#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "binary/elf_symbols.hpp"

namespace wheelfix {

/// A file whose symbols are indexed.
struct SymbolFile {
  std::shared_ptr<const elf::DynamicSymbols> symbols;
  elf::VersionTable versions;
};

using AbsentSymbols = std::unordered_set<std::string_view>;

/// Why all symbols that a file binds were found once. With the same around it they are found again: what is
/// added to a scope hides no definition.
struct BoundBy {
  std::vector<std::uint32_t> files;  ///< their numbers
  bool needs_promised = false;       ///< something that the system promises
  bool needs_unknown = false;        ///< something that may define any symbol
  const AbsentSymbols* absent_in_python = nullptr;  ///< of the process
};

/// Who defines a name, among all files of a set: one look-up of a name costs the same for 5 and for 500
/// libraries, where a loader asks each library in turn.
class SymbolIndex {
 public:
  struct Definition {
    std::uint32_t file = 0;  ///< its number
    std::uint32_t symbol = 0;
    std::uint32_t hash = 0;
    std::uint32_t next = 0;  ///< of the same bucket, one too high; 0: the last
  };

  /// Returns the file's number.
  std::uint32_t add(std::shared_ptr<const elf::DynamicSymbols> symbols);
  const SymbolFile& file(std::uint32_t number) const { return files_[number]; }
  /// Nothing if it wasn't bound yet.
  std::optional<BoundBy>& bound_by(std::uint32_t file) { return bound_by_[file]; }
  const elf::DynamicSymbol& symbol(const Definition& definition) const {
    return files_[definition.file].symbols->symbols[definition.symbol];
  }

  /// Calls `use` with each definition of a name in a hash table, those of one file one after the other.
  template <class Use>
  void for_each_definition(std::string_view name, std::uint32_t hash, Use use) const {
    if (buckets_.empty()) return;
    for (auto at = buckets_[bucket_of(hash)]; at != 0; at = definitions_[at - 1].next) {
      const auto& definition = definitions_[at - 1];
      if (definition.hash == hash && files_[definition.file].symbols->name_of(symbol(definition)) == name)
        use(definition);
    }
  }

 private:
  void link(std::size_t from);
  /// The lowest five bits of such a hash are those of the sum of its characters: alike for many names.
  std::size_t bucket_of(std::uint32_t hash) const {
    constexpr std::uint64_t spread = 0x9E3779B97F4A7C15;  // 2^64 by the golden ratio
    return hash * spread >> 32 & (buckets_.size() - 1);
  }

  std::vector<SymbolFile> files_;
  std::vector<std::optional<BoundBy>> bound_by_;
  std::vector<Definition> definitions_;
  std::vector<std::uint32_t> buckets_;  // as many as a power of two
};

}  // namespace wheelfix
