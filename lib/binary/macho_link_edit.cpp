#include "binary/macho_link_edit.hpp"

#include <algorithm>

#include "binary/macho_format.hpp"

namespace wheelfix::macho {
namespace {

constexpr std::uint32_t lc_symtab = 2, lc_dyld_info = 0x22, lc_dyld_info_only = 0x80000022,
                        lc_dyld_exports_trie = 0x80000033, lc_dyld_chained_fixups = 0x80000034;
constexpr std::uint64_t largest_names = 4 * largest_table;  // together; names may share their ends
constexpr std::uint32_t mh_twolevel = 0x80;
constexpr std::uint8_t symbol_is_external = 1, symbol_type = 0xE, symbol_of_debugger = 0xE0;

void take(const Fields& commands, std::size_t at, LinkEdit& tables) {
  const auto number = [&](std::size_t offset) { return commands.u32(at + offset); };
  const auto place = [&](std::size_t offset) { return Place{number(offset), number(offset + 4)}; };
  switch (number(0)) {
    case lc_symtab:
      tables.symbols = {number(8), std::uint64_t{number(12)} * tables.symbol_size()};
      tables.strings = place(16);
      break;
    case lc_dyld_info:
    case lc_dyld_info_only:
      tables.has_fixups = true;
      tables.bind = place(16);
      tables.lazy_bind = place(32);
      tables.trie = place(40);
      break;
    case lc_dyld_exports_trie:
      tables.trie = place(8);
      break;
    case lc_dyld_chained_fixups:
      tables.has_fixups = true;
      tables.chained = place(8);
      break;
    default:
      break;
  }
}

}  // namespace

LinkEdit read_link_edit(const CheckedBytes& file) {
  LinkEdit tables;
  const auto magic = Fields(file.bytes(0, 4, "the header"), false).u32(0);
  tables.big_endian = magic == swapped_32 || magic == swapped_64;
  tables.is_64 = magic == magic_64 || magic == swapped_64;
  const Fields header(file.bytes(0, 28, "the header"), tables.big_endian);
  tables.file_type = header.u32(12);
  tables.is_two_level = (header.u32(24) & mh_twolevel) != 0;
  const auto count = header.u32(16);
  const auto size = std::min(header.u32(20), max_commands_size);
  const Fields commands(file.bytes_up_to(tables.is_64 ? 32 : 28, size), tables.big_endian);
  std::size_t at = 0;
  for (std::uint32_t i = 0; i < count && at + 8 <= commands.size(); ++i) {
    take(commands, at, tables);
    at += std::max<std::uint32_t>(commands.u32(at + 4), 8);
  }
  return tables;
}

void for_each_external_symbol(const CheckedBytes& file, const LinkEdit& tables, std::string_view strings,
                              const std::function<void(const TableSymbol&)>& use) {
  const Fields symbols(file.bytes(tables.symbols.offset, tables.symbols.size, "the symbols"),
                       tables.big_endian);
  std::uint64_t names_size = 0;
  for (std::size_t at = 0; at < symbols.size(); at += tables.symbol_size()) {
    const auto type = static_cast<std::uint8_t>(symbols.bytes()[at + 4]);
    const auto name = symbols.u32(at);
    if ((type & symbol_of_debugger) != 0 || (type & symbol_is_external) == 0 || name >= strings.size())
      continue;
    const auto text = strings.substr(name, strings.find('\0', name) - name);
    if ((names_size += text.size()) > largest_names) file.refuse("its symbols have longer names than any");
    use({.name = text, .description = symbols.u16(at + 6), .is_undefined = (type & symbol_type) == 0});
  }
}

std::vector<CheckedBytes> slices_of(const CheckedBytes& file) {
  const auto magic = Fields(file.bytes(0, 4, "the header"), true).u32(0);
  if (magic != fat_magic && magic != fat_magic_64) return {file};
  const bool is_wide = magic == fat_magic_64;
  const std::size_t entry_size = is_wide ? 32 : 20;
  const Fields header(file.bytes(0, fat_header_size, "the fat header"), true);
  const auto count = std::min(header.u32(4), max_slices);
  const Fields table(file.bytes(fat_header_size, count * entry_size, "the table of slices"), true);
  std::vector<CheckedBytes> slices;
  for (std::size_t at = 0; at < table.size(); at += entry_size) {
    const Place slice{is_wide ? table.u64(at + 8) : table.u32(at + 8),
                      is_wide ? table.u64(at + 16) : table.u32(at + 12)};
    if (slice.offset > file.size() || slice.size > file.size() - slice.offset) continue;
    slices.emplace_back(file.source(), file.subject(), slice.offset, slice.size);
  }
  return slices;
}

bool is_archive(const CheckedBytes& slice) {
  return slice.bytes_up_to(0, archive_magic.size()) == archive_magic;
}

}  // namespace wheelfix::macho
