#include "binary/macho_symbols.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "binary/macho_binds.hpp"
#include "binary/macho_format.hpp"
#include "binary/macho_link_edit.hpp"

namespace wheelfix::macho {
namespace {

void require_real_sizes(const CheckedBytes& file, const LinkEdit& tables) {
  const auto largest = std::max({tables.bind.size, tables.lazy_bind.size, tables.chained.size,
                                 tables.trie.size, tables.symbols.size, tables.strings.size});
  if (largest > largest_table)
    file.refuse(
        fmt::format("a table of its symbols states {} bytes, more than any real library has", largest));
}

void read_defined(const CheckedBytes& file, const LinkEdit& tables, Symbols& symbols) {
  const auto strings = file.bytes(tables.strings.offset, tables.strings.size, "the symbols' names");
  std::uint64_t size = 0;
  for_each_external_symbol(file, tables, strings, [&](const TableSymbol& symbol) {
    if (symbol.is_undefined) return;
    size += symbol.name.size() + sizeof(std::string);
    if (size > 2 * largest_table) file.refuse("its symbols have longer names than any real library's");
    symbols.defined.emplace_back(symbol.name);
  });
  std::ranges::sort(symbols.defined);
}

Symbols read_slice(const CheckedBytes& file) {
  Symbols symbols;
  if (is_archive(file)) return symbols;
  try {
    const auto tables = read_link_edit(file);
    if (!is_loaded(tables.file_type)) return symbols;
    require_real_sizes(file, tables);
    symbols.is_two_level = tables.is_two_level;
    read_bound(file, tables, symbols);
    if (tables.trie.size > 0)
      symbols.trie = ExportTrie(file.bytes(tables.trie.offset, tables.trie.size, "the exports"));
    else if (tables.symbols.size > 0)
      read_defined(file, tables, symbols);
    symbols.trie.check();
  } catch (const OutOfBytes& error) {
    file.refuse(fmt::format("its tables of symbols contradict themselves: {}", error.what()));
  }
  return symbols;
}

}  // namespace

std::optional<Export> Symbols::find_export(std::string_view name) const {
  if (!trie.empty()) return trie.find(name);
  return std::ranges::binary_search(defined, name, std::less<>()) ? std::optional(Export{}) : std::nullopt;
}

std::vector<Symbols> read_symbols(ByteSource& source, const std::string& subject) {
  std::vector<Symbols> slices;
  for (const auto& slice : slices_of(CheckedBytes(source, subject))) slices.push_back(read_slice(slice));
  return slices;
}

}  // namespace wheelfix::macho
