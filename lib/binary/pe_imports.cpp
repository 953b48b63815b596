#include "binary/pe_imports.hpp"

#include <fmt/format.h>

// Source: Microsoft, "PE Format", the import directory table and the delay-load directory table.

namespace wheelfix::pe {
namespace {

// Real files have some 100 DLLs at most, and names no longer than a path. All entries may share one name, so
// both are limited.
constexpr std::size_t max_entries = 4096;
constexpr std::uint64_t max_name_size = 1024;

/// The layout of a table's entries.
struct TableShape {
  DirectoryIndex directory;
  std::string_view name;
  std::size_t entry_size, dll_name_at, functions_at, addresses_at;
};

constexpr TableShape import_shape{DirectoryIndex::import, "the import table", 20, 12, 0, 16};
constexpr TableShape delay_import_shape{
    DirectoryIndex::delay_import, "the delay import table", 32, 4, 16, 12};

class TableReader {
 public:
  TableReader(const Image& image, const CheckedBytes& file, const TableShape& shape)
      : image_(image), file_(file), shape_(shape) {}

  std::vector<ImportEntry> run() const {
    std::vector<Place> places;
    const auto& directory = image_.directory(shape_.directory);
    if (directory.address == 0) return {};
    for (std::uint64_t at = directory.address;; at += shape_.entry_size) {
      const Fields entry(read_mapped(image_, file_, at, shape_.entry_size, shape_.name), false);
      if (entry.size() < shape_.entry_size) refuse("has no end: it reaches the end of its section");
      if (is_last(entry)) return named(places);
      if (places.size() == max_entries) refuse(fmt::format("has more than {} entries", max_entries));
      places.push_back({.name = address(entry, shape_.dll_name_at, "a name"), .functions = functions(entry)});
    }
  }

 private:
  struct Place {
    std::uint64_t name, functions;
  };

  /// The loader skips entries without a name or without an address table; what calls delayed DLLs looks only
  /// at the name.
  bool is_last(const Fields& entry) const {
    if (entry.u32(shape_.dll_name_at) == 0) return true;
    return shape_.directory == DirectoryIndex::import && entry.u32(shape_.addresses_at) == 0;
  }

  /// Old compilers wrote absolute addresses into the delay import table; bit 0 of an entry's attributes is
  /// set if they are relative.
  std::uint64_t address(const Fields& entry, std::size_t at, std::string_view what) const {
    const std::uint64_t address = entry.u32(at);
    if (shape_.directory == DirectoryIndex::import || (entry.u32(0) & 1) != 0) return address;
    if (address < image_.base)
      refuse(fmt::format("has {} at {:#x}, before the image's base {:#x}", what, address, image_.base));
    return address - image_.base;
  }

  /// Without a list of its own, the table that the loader will overwrite with addresses has it.
  std::uint64_t functions(const Fields& entry) const {
    const bool has_list = entry.u32(shape_.functions_at) != 0;
    if (shape_.directory == DirectoryIndex::delay_import && !has_list) return 0;
    return address(entry, has_list ? shape_.functions_at : shape_.addresses_at, "a list of functions");
  }

  std::vector<ImportEntry> named(const std::vector<Place>& places) const {
    std::vector<ImportEntry> entries;
    for (const auto& place : places)
      entries.push_back({.dll = name(place.name), .functions = place.functions});
    return entries;
  }

  std::string name(std::uint64_t address) const {
    const auto what = fmt::format("a DLL's name in {}", shape_.name);
    auto text = read_mapped(image_, file_, address, max_name_size, what);
    const auto end = text.find('\0');
    if (end == std::string::npos)
      file_.refuse(
          fmt::format("{}, at address {:#x}, has no end within {} bytes", what, address, text.size()));
    if (end == 0) file_.refuse(fmt::format("{}, at address {:#x}, is empty", what, address));
    text.resize(end);
    return text;
  }

  [[noreturn]] void refuse(std::string_view fault) const {
    file_.refuse(fmt::format("{} at address {:#x} {}", shape_.name,
                             image_.directory(shape_.directory).address, fault));
  }

  const Image& image_;
  const CheckedBytes& file_;
  const TableShape& shape_;
};

}  // namespace

std::vector<ImportEntry> read_import_table(const Image& image, const CheckedBytes& file,
                                           DirectoryIndex directory) {
  return TableReader(image, file, directory == DirectoryIndex::import ? import_shape : delay_import_shape)
      .run();
}

}  // namespace wheelfix::pe
