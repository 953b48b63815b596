#include "binary/read_pe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "binary/pe_image.hpp"

// Source: Microsoft, "PE Format", the import directory table and the delay-load directory table.

namespace wheelfix::pe {
namespace {

constexpr std::uint16_t image_is_dll = 0x2000;
// Real files have some 100 DLLs at most, and names no longer than a path. All entries may share one name, so
// both are limited.
constexpr std::size_t max_entries = 4096;
constexpr std::uint64_t max_name_size = 1024;
// Descriptors and names are near each other. A source that inflates keeps what was read, so their
// surroundings are read at once, in the file's order.
constexpr std::uint64_t surroundings = 1 << 20;

struct MachineName {
  std::uint16_t machine;
  std::string_view name;
};

constexpr std::array machine_names = {
    MachineName{0x14C, "x86"},   MachineName{0x8664, "amd64"}, MachineName{0xAA64, "arm64"},
    MachineName{0x1C4, "arm32"},  // ARMNT: Thumb-2, all that Windows on 32-bit ARM runs
    MachineName{0x200, "ia64"},
};

/// The layout of an import table's entries.
struct TableShape {
  DirectoryIndex directory;
  std::string_view name;
  std::size_t entry_size, dll_name_at;
};

constexpr TableShape imports{DirectoryIndex::import, "the import table", 20, 12};
constexpr TableShape delay_imports{DirectoryIndex::delay_import, "the delay import table", 32, 4};

class NameReader {
 public:
  NameReader(const Image& image, const CheckedBytes& file) : image_(image), file_(file) {}

  /// The addresses of the DLLs' names, up to the entry that ends the table.
  std::vector<std::uint64_t> name_addresses(const TableShape& shape) const {
    std::vector<std::uint64_t> addresses;
    const auto& directory = image_.directory(shape.directory);
    if (directory.address == 0) return addresses;
    for (std::uint64_t at = directory.address;; at += shape.entry_size) {
      const Fields entry(read_mapped(image_, file_, at, shape.entry_size, shape.name), false);
      if (entry.size() < shape.entry_size) refuse(shape, "has no end: it reaches the end of its section");
      if (is_last(shape, entry)) return addresses;
      if (addresses.size() == max_entries)
        refuse(shape, fmt::format("has more than {} entries", max_entries));
      addresses.push_back(name_address(shape, entry));
    }
  }

  std::string name(const TableShape& shape, std::uint64_t address) const {
    const auto what = fmt::format("a DLL's name in {}", shape.name);
    auto text = read_mapped(image_, file_, address, max_name_size, what);
    const auto end = text.find('\0');
    if (end == std::string::npos)
      file_.refuse(
          fmt::format("{}, at address {:#x}, has no end within {} bytes", what, address, text.size()));
    if (end == 0) file_.refuse(fmt::format("{}, at address {:#x}, is empty", what, address));
    text.resize(end);
    return text;
  }

  /// Has the source read what is around the tables.
  void read_ahead() const {
    std::vector<std::uint64_t> offsets;
    for (const auto* shape : {&imports, &delay_imports}) {
      const auto address = image_.directory(shape->directory).address;
      const auto* section = address == 0 ? nullptr : image_.section_at(address);
      if (section != nullptr) offsets.push_back(section->offset + (address - section->address));
    }
    std::sort(offsets.begin(), offsets.end());
    for (const auto offset : offsets)
      file_.bytes_up_to(offset < surroundings ? 0 : offset - surroundings, 2 * surroundings);
  }

 private:
  /// The loader skips entries without a name or without an address table; what calls delayed DLLs looks only
  /// at the name.
  static bool is_last(const TableShape& shape, const Fields& entry) {
    if (entry.u32(shape.dll_name_at) == 0) return true;
    return shape.directory == DirectoryIndex::import && entry.u32(16) == 0;
  }

  /// Old compilers wrote absolute addresses into the delay import table; bit 0 of an entry's attributes is
  /// set if they are relative.
  std::uint64_t name_address(const TableShape& shape, const Fields& entry) const {
    const std::uint64_t address = entry.u32(shape.dll_name_at);
    if (shape.directory == DirectoryIndex::import || (entry.u32(0) & 1) != 0) return address;
    if (address < image_.base)
      refuse(shape, fmt::format("has a name at {:#x}, before the image's base {:#x}", address, image_.base));
    return address - image_.base;
  }

  [[noreturn]] void refuse(const TableShape& shape, std::string_view fault) const {
    file_.refuse(
        fmt::format("{} at address {:#x} {}", shape.name, image_.directory(shape.directory).address, fault));
  }

  const Image& image_;
  const CheckedBytes& file_;
};

std::vector<std::string> read_names(const NameReader& reader, const TableShape& shape) {
  std::vector<std::string> names;
  for (const auto address : reader.name_addresses(shape)) names.push_back(reader.name(shape, address));
  return names;
}

}  // namespace

std::string machine_name(std::uint16_t machine) {
  for (const auto& known : machine_names) {
    if (known.machine == machine) return std::string(known.name);
  }
  return fmt::format("machine-{}", machine);
}

bool has_dos_header(std::string_view head) noexcept {
  constexpr std::size_t header_size = 64;
  // The highest byte of the place of the PE header, a little-endian number of four.
  return head.size() >= header_size && head.starts_with("MZ") &&
         static_cast<unsigned char>(head[0x3F]) < 0x10;
}

BinaryInfo read_pe(ByteSource& source, const std::string& subject) {
  const CheckedBytes file(source, subject);
  const auto image = read_image(file);
  BinaryInfo info;
  info.format = BinaryFormat::pe;
  info.machine = machine_name(image.machine);
  info.bits = image.is_plus ? 64 : 32;
  info.is_dynamic = true;
  info.is_program = (image.characteristics & image_is_dll) == 0;
  const auto& certificates = image.directory(DirectoryIndex::certificates);
  info.has_signature = certificates.address != 0 && certificates.size != 0;
  const NameReader reader(image, file);
  reader.read_ahead();
  info.needed = read_names(reader, imports);
  info.delay_needed = read_names(reader, delay_imports);
  return info;
}

}  // namespace wheelfix::pe
