#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.hpp"
#include "binary/elf_image.hpp"

// The symbols by which a loader binds ELF files to each other. Sources: System V ABI, generic part, "Symbol
// Table" and "Relocation"; Linux Standard Base, "Symbol Versioning".

namespace wheelfix::elf {

/// A symbol of the dynamic table. Its constants are those of <elf.h>.
struct DynamicSymbol {
  std::uint32_t name = 0;  ///< its place in the string table
  std::uint32_t name_size = 0;
  std::uint32_t hash = 0;     ///< of its name, as DT_GNU_HASH has it
  std::uint16_t version = 0;  ///< DT_VERSYM's index, and version_hidden
  std::uint8_t binding : 4 = STB_LOCAL;
  std::uint8_t type : 4 = STT_NOTYPE;
  std::uint8_t visibility : 2 = STV_DEFAULT;
  bool is_undefined : 1 = true;
  bool is_absolute : 1 = false;
  bool has_value : 1 = false;
};

/// In an index of versions. Of a defined symbol: a lookup finds it only by its version. Of a needed version:
/// a symbol without a version won't do.
constexpr std::uint16_t version_hidden = 0x8000;

struct DefinedVersion {
  std::string_view name;
  std::uint16_t index = 0;
  bool is_base = false;  ///< the library's own name, by which no symbol is looked up
};

struct WantedVersion {
  std::string_view name;
  std::uint16_t index = 0;
  bool is_weak = false;  ///< a library without it will do
};

/// The versions that are needed of one library.
struct VersionsOfFile {
  std::string_view file;  ///< `libstdc++.so.6`
  std::vector<WantedVersion> versions;
};

/// What lookups and relocations use of one file. Copies share the names.
struct DynamicSymbols {
  std::shared_ptr<const std::string> strings;  ///< all names are views of it
  /// By number, of which 0 isn't a symbol. As many as the hash table and relocations name: the rest is never
  /// looked up.
  std::vector<DynamicSymbol> symbols;
  /// The first symbol in the hash table. Lookups find none before it, and none that is undefined.
  std::uint32_t first_exported = 0;
  bool has_versions = false;  ///< DT_VERSYM
  std::vector<DefinedVersion> versions_defined;
  std::vector<VersionsOfFile> versions_needed;
  /// The numbers of the symbols that relocations bind, once each, in the order in which they do that first:
  /// by DT_REL and DT_RELA, and by DT_JMPREL, whose may wait for the first call without RTLD_NOW.
  std::vector<std::uint32_t> bound;
  std::vector<std::uint32_t> bound_calls;
  unsigned isa_level = 0;    ///< see needed_isa_level
  bool is_symbolic = false;  ///< it is searched itself before all others
  bool binds_now = false;    ///< bound_calls don't wait

  std::string_view name_of(const DynamicSymbol& symbol) const {
    return std::string_view(*strings).substr(symbol.name, symbol.name_size);
  }
};

/// A version as symbols refer to it.
struct SymbolVersion {
  std::string_view name;  ///< empty if the index has none
  std::string_view file;  ///< that it is needed of; empty if the library defines it
  bool takes_unversioned = true;
};

/// The versions of a file's symbols by their indices.
class VersionTable {
 public:
  /// The symbols' names must outlive it.
  explicit VersionTable(const DynamicSymbols& symbols);

  /// Nothing in the file has a version.
  bool empty() const { return versions_.empty(); }
  /// Null for a symbol without one.
  const SymbolVersion* of(const DynamicSymbol& symbol) const;

 private:
  SymbolVersion& at(std::uint16_t index);

  std::vector<SymbolVersion> versions_;
};

/// Reads front to back as far as the order of the tables allows that. Nothing if there are no symbols for a
/// loader. Throws Error{bad_binary} for tables that lead out of the file, contradict each other, or are
/// larger than those of any real library. Not read: packed relocations of Android, because glibc and musl
/// don't, and what MIPS binds without relocations.
std::optional<DynamicSymbols> read_symbols(const Image& image, ByteSource& source);

}  // namespace wheelfix::elf
