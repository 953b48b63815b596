#include "binary/pe_symbols.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "binary/pe_imports.hpp"
#include "binary/pe_mapped.hpp"

namespace wheelfix::pe {
namespace {

// Windows has refused more than 96; newer releases take more, which no linker makes.
constexpr std::size_t max_sections = 1024;
// Ordinals and hints are of 16 bits.
constexpr std::uint64_t max_exports = 1 << 16;
// torch_python.dll has some 20,000.
constexpr std::uint64_t max_imports = 1 << 18;
constexpr std::uint64_t max_symbol_size = 64 << 10;

constexpr std::uint64_t export_directory_size = 40;

/// A name that is to be read, and where it goes.
struct WantedName {
  std::uint64_t address = 0;
  Name* name = nullptr;
  std::uint16_t* hint = nullptr;  ///< which an import has before its name
};

class SymbolsReader {
 public:
  SymbolsReader(const Image& image, ByteSource& source, const std::string& subject)
      : image_(image),
        file_(source, subject),
        imports_(read_import_table(image, file_, DirectoryIndex::import)),
        delay_imports_(read_import_table(image, file_, DirectoryIndex::delay_import)),
        mapped_(image, file_) {}

  Symbols run() {
    require_plain_sections();
    read_exports();
    symbols_.imports = read_lists(std::move(imports_));
    symbols_.delay_imports = read_lists(std::move(delay_imports_));
    for (auto* lists : {&symbols_.imports, &symbols_.delay_imports})
      for (auto& list : *lists) want_names(list);
    read_names("the name of an import");
    return std::move(symbols_);
  }

 private:
  /// The loader refuses sections that overlap, in which an address has two meanings.
  void require_plain_sections() const {
    if (image_.sections.size() > max_sections)
      file_.refuse(fmt::format("it has {} sections, more than any real library has", image_.sections.size()));
    auto end = image_.headers_size;
    for (const auto& section : image_.sections) {
      if (section.address < end)
        file_.refuse(fmt::format("its section at address {:#x} overlaps what is before it", section.address));
      end = section.address + section.mapped_size();
    }
  }

  void read_exports() {
    const auto& directory = image_.directory(DirectoryIndex::exports);
    if (directory.address == 0) return;
    const Fields table(std::string(mapped_.at(directory.address, export_directory_size, "the export table")
                                       .substr(0, export_directory_size)),
                       false);
    symbols_.first_ordinal = table.u32(16);
    const std::uint64_t count = table.u32(20), name_count = table.u32(24);
    for (const auto entries : {count, name_count})
      if (entries > max_exports || entries > file_.size() / 4)
        file_.refuse(fmt::format("the export table has {} entries, more than any real library has", entries));
    symbols_.exports.resize(count);
    symbols_.names.resize(name_count);
    read_functions(table.u32(28), directory);
    read_name_table(table.u32(32), table.u32(36));
    read_names("the name of an export");
  }

  /// An address within the export directory is that of a forwarder's text.
  void read_functions(std::uint64_t address, const Directory& directory) {
    std::size_t i = 0;
    mapped_.for_each(address, symbols_.exports.size(), 4, "the export address table", [&](const char* bytes) {
      const auto function = little_endian<std::uint32_t>(bytes);
      auto& entry = symbols_.exports[i++];
      entry.is_there = function != 0;
      if (function >= directory.address && function - directory.address < directory.size)
        wanted_.push_back({.address = function, .name = &entry.forwarder});
    });
  }

  void read_name_table(std::uint64_t pointers, std::uint64_t ordinals) {
    std::size_t i = 0, j = 0;
    mapped_.for_each(
        pointers, symbols_.names.size(), 4, "the export name pointer table", [&](const char* bytes) {
          wanted_.push_back(
              {.address = little_endian<std::uint32_t>(bytes), .name = &symbols_.names[i++].name});
        });
    mapped_.for_each(ordinals, symbols_.names.size(), 2, "the export ordinal table", [&](const char* bytes) {
      symbols_.names[j++].place = little_endian<std::uint16_t>(bytes);
    });
  }

  std::vector<DllImports> read_lists(std::vector<ImportEntry> entries) {
    std::vector<DllImports> lists;
    for (auto& entry : entries) {
      auto& list = lists.emplace_back(DllImports{.dll = std::move(entry.dll), .imports = {}});
      if (entry.functions != 0) read_list(entry.functions, list.imports);
    }
    return lists;
  }

  /// Up to an entry of zeros. The highest bit says that it is an ordinal; else it leads to hint and name, and
  /// that address waits in the name's place.
  void read_list(std::uint64_t address, std::vector<Import>& imports) {
    const std::size_t size = image_.is_plus ? 8 : 4;
    const auto most = std::min(max_imports, file_.size() / size);
    mapped_.for_each_until(address, size, "a list of imports", [&](const char* bytes) {
      const auto entry = image_.is_plus ? little_endian<std::uint64_t>(bytes)
                                        : std::uint64_t{little_endian<std::uint32_t>(bytes)};
      if (entry == 0) return false;
      if (++import_count_ > most)
        file_.refuse(
            fmt::format("it has more than {} imports, more than any real library of its size has", most));
      const bool is_ordinal = entry >> (size * 8 - 1) != 0;
      auto& import = imports.emplace_back();
      import.number = static_cast<std::uint16_t>(is_ordinal ? entry : 0);
      if (!is_ordinal) import.name.place = static_cast<std::uint32_t>(entry & 0x7FFFFFFF);
      return true;
    });
  }

  void want_names(DllImports& list) {
    for (auto& import : list.imports)
      if (const auto address = import.name.place; address != 0)
        wanted_.push_back({.address = address, .name = &import.name, .hint = &import.number});
  }

  /// Front to back, and once each.
  void read_names(std::string_view what) {
    std::ranges::sort(wanted_, {}, &WantedName::address);
    const WantedName* last = nullptr;
    for (const auto& wanted : wanted_) {
      if (last != nullptr && last->address == wanted.address) {
        *wanted.name = *last->name;
        if (wanted.hint != nullptr) *wanted.hint = *last->hint;
      } else {
        read_name(wanted, what);
      }
      last = &wanted;
    }
    wanted_.clear();
  }

  void read_name(const WantedName& wanted, std::string_view what) {
    auto address = wanted.address;
    if (wanted.hint != nullptr) {
      *wanted.hint = little_endian<std::uint16_t>(mapped_.at(address, sizeof *wanted.hint, what).data());
      address += sizeof *wanted.hint;
    }
    auto& strings = symbols_.strings;
    const auto begin = strings.size();
    for (auto at = address;;) {
      const auto piece = mapped_.at(at, 1, what);
      const auto text = piece.substr(0, piece.find('\0'));
      if (strings.size() - begin + text.size() > max_symbol_size)
        file_.refuse(
            fmt::format("{}, at address {:#x}, has no end within {} bytes", what, address, max_symbol_size));
      strings += text;
      if (strings.size() > file_.size())
        file_.refuse("the names of its symbols have more bytes than the file");
      if (text.size() < piece.size()) break;
      at += piece.size();
    }
    *wanted.name = {.place = static_cast<std::uint32_t>(begin),
                    .size = static_cast<std::uint32_t>(strings.size() - begin)};
  }

  const Image& image_;
  CheckedBytes file_;
  std::vector<ImportEntry> imports_, delay_imports_;
  Mapped mapped_;
  Symbols symbols_;
  std::uint64_t import_count_ = 0;
  std::vector<WantedName> wanted_;
};

std::optional<std::size_t> if_there(const Symbols& symbols, std::size_t place) {
  const bool is_there = place < symbols.exports.size() && symbols.exports[place].is_there;
  return is_there ? std::optional(place) : std::nullopt;
}

}  // namespace

Symbols read_symbols(const Image& image, ByteSource& source, const std::string& subject) {
  return SymbolsReader(image, source, subject).run();
}

std::optional<std::size_t> find_export(const Symbols& symbols, std::string_view name, std::uint16_t number) {
  if (name.empty())
    return number < symbols.first_ordinal ? std::nullopt : if_there(symbols, number - symbols.first_ordinal);
  const auto& names = symbols.names;
  if (number < names.size() && symbols.text(names[number].name) == name)
    return if_there(symbols, names[number].place);
  for (std::size_t from = 0, to = names.size(); from < to;) {
    const auto middle = (from + to - 1) / 2;
    const auto order = name.compare(symbols.text(names[middle].name));
    if (order == 0) return if_there(symbols, names[middle].place);
    (order < 0 ? to : from) = order < 0 ? middle : middle + 1;
  }
  return std::nullopt;
}

}  // namespace wheelfix::pe
