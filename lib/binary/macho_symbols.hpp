#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.hpp"
#include "binary/macho_trie.hpp"

// The symbols by which dyld binds Mach-O files to each other. Sources: <mach-o/loader.h>, <mach-o/nlist.h>,
// <mach-o/fixup-chains.h>.

namespace wheelfix::macho {

/// Where dyld looks for a symbol: the library with this number among those that the file needs, from 1 on,
/// or one of these.
constexpr std::int32_t in_itself = 0, in_program = -1, in_all = -2, in_all_weak = -3;

/// A symbol that is bound when a file is loaded.
struct BoundSymbol {
  std::uint32_t name = 0, name_size = 0;  ///< its place in the names
  std::int32_t library = in_itself;
  bool may_be_missing = false;  ///< imported weakly
};

/// What dyld uses of one slice.
struct Symbols {
  std::string names;
  std::vector<BoundSymbol> bound;  ///< in the order in which they are bound
  bool is_two_level = true;        ///< else all are looked for in all libraries
  ExportTrie trie;
  /// Without a trie: what LC_SYMTAB defines, sorted.
  std::vector<std::string> defined;

  std::string_view name_of(const BoundSymbol& symbol) const {
    return std::string_view(names).substr(symbol.name, symbol.name_size);
  }
  /// What it exports under a name.
  std::optional<Export> find_export(std::string_view name) const;
};

/// Of each slice as BinaryInfo::slices has them, or of a thin file; without symbols for one that isn't a
/// library. What is bound is what the opcodes or the chained fixups name, or else what LC_SYMTAB doesn't
/// define. Not read: opcodes of weak definitions, because one that nothing else defines stays as it is.
/// Throws Error{bad_binary} for tables that lead out of the file, contradict themselves, or are larger than
/// those of any real library.
std::vector<Symbols> read_symbols(ByteSource& source, const std::string& subject);

}  // namespace wheelfix::macho
