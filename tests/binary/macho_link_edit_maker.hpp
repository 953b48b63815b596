#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "binary/macho_builder.hpp"

namespace test {

/// The tables of a file's __LINKEDIT. By <mach-o/loader.h>.
struct LinkEditTables {
  std::string bind = {}, lazy_bind = {};          ///< of LC_DYLD_INFO_ONLY, as the trie if there are any
  std::string chained = {}, trie = {};            ///< LC_DYLD_CHAINED_FIXUPS, LC_DYLD_EXPORTS_TRIE
  std::string symbols = {}, strings = {};         ///< LC_SYMTAB
  std::optional<std::uint32_t> stated_size = {};  ///< of `bind`, instead of its own
};

/// Headers and load commands for tables that are at an offset, in this order.
inline std::string link_edit_headers(const LinkEditTables& tables, std::size_t at) {
  MachoBuilder builder;
  builder.flags = 0x80;  // MH_TWOLEVEL
  const auto number = [&](std::size_t value) { return builder.number(static_cast<std::uint32_t>(value)); };
  const auto place = [&](const std::string& table) {
    at += table.size();
    return table.empty() ? std::string(8, '\0') : number(at - table.size()) + number(table.size());
  };
  auto bind = place(tables.bind);
  if (tables.stated_size) bind = bind.substr(0, 4) + number(*tables.stated_size);
  const auto lazy_bind = place(tables.lazy_bind), chained = place(tables.chained), trie = place(tables.trie);
  const std::string none(8, '\0');
  if (!tables.bind.empty() || !tables.lazy_bind.empty())
    builder.command(0x80000022, none + bind + none + lazy_bind + trie);
  else if (!tables.trie.empty())
    builder.command(0x80000033, trie);
  if (!tables.chained.empty()) builder.command(0x80000034, chained);
  const auto symbols = place(tables.symbols), strings = place(tables.strings);
  if (!tables.symbols.empty())
    builder.command(2, symbols.substr(0, 4) + number(tables.symbols.size() / 16) + strings);
  return builder.build();
}

/// A library with these tables.
inline std::string macho_with(const LinkEditTables& tables) {
  return link_edit_headers(tables, link_edit_headers(tables, 0).size()) + tables.bind + tables.lazy_bind +
         tables.chained + tables.trie + tables.symbols + tables.strings;
}

/// A table of imports in format 1, 2 or 3, each import packed as it is there. By <mach-o/fixup-chains.h>.
inline std::string chained_fixups(std::uint32_t format, std::uint32_t count, const std::string& imports,
                                  const std::string& names, std::uint32_t names_format = 0) {
  const MachoBuilder little;
  const auto at = static_cast<std::uint32_t>(28 + imports.size());
  std::string blob;
  for (const auto value : {0U, 28U, 28U, at, count, format, names_format}) blob += little.number(value);
  return blob + imports + names;
}

}  // namespace test
