#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "binary/checked_bytes.hpp"

namespace wheelfix::macho {

/// A table of a slice, by its place in it.
struct Place {
  std::uint64_t offset = 0, size = 0;
};

/// Where a thin Mach-O file has its symbols. Source: <mach-o/loader.h>.
struct LinkEdit {
  bool is_64 = false, big_endian = false;
  std::uint32_t file_type = 0;
  bool is_two_level = false;  ///< MH_TWOLEVEL
  bool has_fixups = false;    ///< LC_DYLD_INFO or LC_DYLD_CHAINED_FIXUPS: they name all that is bound
  Place bind, lazy_bind;      ///< opcodes
  Place chained;
  Place trie;
  Place symbols, strings;  ///< LC_SYMTAB

  std::size_t symbol_size() const { return is_64 ? 16 : 12; }
};

/// A symbol of LC_SYMTAB. Source: <mach-o/nlist.h>.
struct TableSymbol {
  std::string_view name;
  std::uint16_t description = 0;
  bool is_undefined = false;
};

/// What is larger is of no real library: modules have some kB of exports, and up to some MB of symbols.
constexpr std::uint64_t largest_table = 64 << 20;

LinkEdit read_link_edit(const CheckedBytes& file);

/// Calls `use` with each external symbol of LC_SYMTAB; their names are views of `strings`, which are those of
/// the table. Throws Error{bad_binary}, OutOfBytes.
void for_each_external_symbol(const CheckedBytes& file, const LinkEdit& tables, std::string_view strings,
                              const std::function<void(const TableSymbol&)>& use);

/// The slices of a fat file that lie within it, or a thin file itself.
std::vector<CheckedBytes> slices_of(const CheckedBytes& file);
/// Whether a slice has object files, and not a library.
bool is_archive(const CheckedBytes& slice);

}  // namespace wheelfix::macho
