#include "binary/elf_symbols.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "binary/elf_hash.hpp"
#include "binary/elf_properties.hpp"
#include "binary/elf_records.hpp"
#include "binary/elf_relocations.hpp"
#include "binary/elf_versions.hpp"

namespace wheelfix::elf {
namespace {

// libtorch_cuda.so of torch 2.1.0 has 10 MB.
constexpr std::uint64_t max_strings_size = 64 << 20;
// The lengths of all names together. Names may share their ends; in real files they hardly do.
constexpr std::uint64_t max_names_sum = 4 * max_strings_size;

DynamicSymbol symbol_of(const RecordView& record, bool is_64) {
  const unsigned info = record.u8(is_64 ? 4 : 12), other = record.u8(is_64 ? 5 : 13);
  const auto section = record.u16(is_64 ? 6 : 14);
  DynamicSymbol symbol;
  symbol.name = record.u32(0);
  symbol.binding = info >> 4 & 0xF;
  symbol.type = info & 0xF;
  symbol.visibility = other & 3;
  symbol.is_undefined = section == SHN_UNDEF;
  symbol.is_absolute = section == SHN_ABS;
  symbol.has_value = record.word(is_64 ? 8 : 4) != 0;
  return symbol;
}

constexpr std::uint16_t without_hidden(std::uint16_t version) {
  return static_cast<std::uint16_t>(version & ~version_hidden);
}

class SymbolsReader {
 public:
  SymbolsReader(const Image& image, ByteSource& source, std::uint64_t table)
      : image_(image), source_(source), table_(table), string_table_(string_table(image)) {
    if (string_table_.size > max_strings_size)
      image.refuse(fmt::format("its dynamic strings are {} bytes, more than any real library has",
                               string_table_.size));
    if (const auto* versions = image.find(DT_VERSYM))
      version_table_ = image.offset_of(versions->value, "DT_VERSYM");
  }

  DynamicSymbols run() {
    const auto hashed = count_hashed_symbols(image_, source_);
    read_tables(hashed.count);
    read_versions();
    auto bound = read_bound_symbols(image_, source_, room());
    if (const auto needed = end_of(bound); needed > symbols_.symbols.size()) read_tables(needed);
    name_symbols();
    symbols_.first_exported = hashed.count == 0 ? size() : std::min(hashed.first, size());
    symbols_.bound = std::move(bound.data);
    symbols_.bound_calls = std::move(bound.calls);
    read_flags();
    return std::move(symbols_);
  }

 private:
  std::uint32_t size() const { return static_cast<std::uint32_t>(symbols_.symbols.size()); }

  std::uint64_t room() const {
    return std::min((image_.file_size - table_) / image_.encoding.symbol_size(), max_symbols);
  }

  static std::uint64_t end_of(const BoundSymbols& bound) {
    std::uint64_t end = 0;
    for (const auto* numbers : {&bound.data, &bound.calls})
      for (const auto number : *numbers) end = std::max(end, std::uint64_t{number} + 1);
    return end;
  }

  /// Symbols, their versions and the names, in the order in which linkers put them.
  void read_tables(std::uint64_t count) {
    if (count > max_symbols)
      image_.refuse(fmt::format("it has {} dynamic symbols, more than any real library has", count));
    symbols_.symbols.clear();
    symbols_.symbols.reserve(count);
    const bool is_64 = image_.encoding.is_64;
    for_each_record(image_, source_, {table_, count, image_.encoding.symbol_size()}, "DT_SYMTAB",
                    [&](const RecordView& record) {
                      symbols_.symbols.push_back(symbol_of(record, is_64));
                      return true;
                    });
    const bool has_versions_first = version_table_ && *version_table_ < string_table_.offset;
    if (has_versions_first) read_indices();
    read_strings();
    if (!has_versions_first) read_indices();
  }

  void read_indices() {
    if (!version_table_) return;
    symbols_.has_versions = true;
    std::size_t at = 0;
    for_each_record(image_, source_, {*version_table_, symbols_.symbols.size(), sizeof(Elf64_Half)},
                    "DT_VERSYM", [&](const RecordView& record) {
                      symbols_.symbols[at++].version = record.u16(0);
                      return true;
                    });
  }

  void read_strings() {
    if (symbols_.strings) return;
    std::string strings;
    strings.reserve(string_table_.size);
    Skimmer skimmer(source_);
    while (strings.size() < string_table_.size)
      strings +=
          skimmer.at(string_table_.offset + strings.size(), 1).substr(0, string_table_.size - strings.size());
    symbols_.strings = std::make_shared<const std::string>(std::move(strings));
  }

  std::string_view text(std::uint32_t place, std::string_view what) {
    const std::string_view strings = *symbols_.strings;
    if (place >= strings.size())
      image_.refuse(fmt::format("{} is at {:#x} of the dynamic strings, which are {:#x} bytes", what, place,
                                strings.size()));
    const auto end = strings.find('\0', place);
    if (end == strings.npos)
      image_.refuse(fmt::format("{} at {:#x} of the dynamic strings has no end", what, place));
    names_sum_ += end - place;
    if (names_sum_ > max_names_sum)
      image_.refuse(fmt::format("the names of its symbols have more than {} bytes", max_names_sum));
    return strings.substr(place, end - place);
  }

  void name_symbols() {
    for (std::size_t i = 1; i < symbols_.symbols.size(); ++i) {
      auto& symbol = symbols_.symbols[i];
      const auto name = text(symbol.name, "the name of a dynamic symbol");
      symbol.name_size = static_cast<std::uint32_t>(name.size());
      symbol.hash = gnu_hash(name);
    }
  }

  void read_versions() {
    for (const auto& need : read_versions_needed(image_, source_)) {
      auto& file = symbols_.versions_needed.emplace_back();
      file.file = text(need.file, "a file name in DT_VERNEED");
      for (const auto& version : need.versions)
        file.versions.push_back({.name = text(version.name, "a version in DT_VERNEED"),
                                 .index = version.index,
                                 .is_weak = version.is_weak});
    }
    for (const auto& definition : read_version_definitions(image_, source_)) {
      if (definition.names.empty()) continue;
      symbols_.versions_defined.push_back({.name = text(definition.names.front(), "a version in DT_VERDEF"),
                                           .index = definition.index,
                                           .is_base = definition.is_base});
    }
  }

  void read_flags() {
    const auto has = [&](std::uint64_t tag, std::uint64_t flag) {
      const auto* entry = image_.find(tag);
      return entry != nullptr && (entry->value & flag) != 0;
    };
    symbols_.is_symbolic = image_.find(DT_SYMBOLIC) != nullptr || has(DT_FLAGS, DF_SYMBOLIC);
    symbols_.binds_now =
        image_.find(DT_BIND_NOW) != nullptr || has(DT_FLAGS, DF_BIND_NOW) || has(DT_FLAGS_1, DF_1_NOW);
  }

  const Image& image_;
  ByteSource& source_;
  std::uint64_t table_;
  StringTable string_table_;
  std::optional<std::uint64_t> version_table_;
  std::uint64_t names_sum_ = 0;
  DynamicSymbols symbols_;
};

}  // namespace

// Source: _dl_check_map_versions in glibc's elf/dl-version.c.
VersionTable::VersionTable(const DynamicSymbols& symbols) {
  if (!symbols.has_versions) return;
  for (const auto& need : symbols.versions_needed)
    for (const auto& version : need.versions)
      at(version.index) = {.name = version.name,
                           .file = need.file,
                           .takes_unversioned = (version.index & version_hidden) == 0};
  for (const auto& version : symbols.versions_defined) {
    auto& place = at(version.index);
    if (!version.is_base) place = {.name = version.name, .file = {}};
  }
}

SymbolVersion& VersionTable::at(std::uint16_t index) {
  const auto place = without_hidden(index);
  if (place >= versions_.size()) versions_.resize(place + std::size_t{1});
  return versions_[place];
}

const SymbolVersion* VersionTable::of(const DynamicSymbol& symbol) const {
  const auto index = without_hidden(symbol.version);
  return index < versions_.size() && !versions_[index].name.empty() ? &versions_[index] : nullptr;
}

std::optional<DynamicSymbols> read_symbols(const Image& image, ByteSource& source) {
  const auto* table = image.find(DT_SYMTAB);
  if (table == nullptr) return std::nullopt;
  const auto isa_level = needed_isa_level(image, source);  // at the file's beginning
  auto symbols = SymbolsReader(image, source, image.offset_of(table->value, "DT_SYMTAB")).run();
  symbols.isa_level = isa_level;
  return symbols;
}

}  // namespace wheelfix::elf
