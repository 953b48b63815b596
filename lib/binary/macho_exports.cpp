#include <algorithm>

#include "binary/macho_link_edit.hpp"
#include "binary/macho_trie.hpp"
#include "binary/module_export.hpp"

namespace wheelfix::macho {
namespace {

/// Nothing if its tables are too large to be looked at, or it has none.
std::optional<bool> has_one_of(const CheckedBytes& file, const std::vector<std::string>& names) {
  const auto tables = read_link_edit(file);
  if (std::max({tables.trie.size, tables.symbols.size, tables.strings.size}) > largest_table)
    return std::nullopt;
  if (tables.trie.size == 0 && tables.symbols.size == 0) return std::nullopt;
  if (tables.trie.size > 0) {
    const ExportTrie trie(file.bytes(tables.trie.offset, tables.trie.size, "the exports"));
    return std::ranges::any_of(names, [&](const auto& name) { return trie.find("_" + name).has_value(); });
  }
  const auto strings = file.bytes(tables.strings.offset, tables.strings.size, "the symbols' names");
  bool is_found = false;
  for_each_external_symbol(file, tables, strings, [&](const TableSymbol& symbol) {
    is_found = is_found || (!symbol.is_undefined && symbol.name.starts_with('_') &&
                            std::ranges::find(names, symbol.name.substr(1)) != names.end());
  });
  return is_found;
}

}  // namespace

std::optional<bool> exports_one_of(ByteSource& source, const std::vector<std::string>& functions) {
  std::optional<bool> has_one;
  for (const auto& slice : slices_of(CheckedBytes(source, ""))) {
    if (is_archive(slice)) continue;
    const auto own = has_one_of(slice, functions);
    if (own) has_one = has_one.value_or(false) || *own;
  }
  return has_one;
}

}  // namespace wheelfix::macho
