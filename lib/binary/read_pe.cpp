#include "binary/read_pe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "binary/pe_imports.hpp"

namespace wheelfix::pe {
namespace {

constexpr std::uint16_t image_is_dll = 0x2000;
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

/// Has the source read what is around the tables.
void read_ahead(const Image& image, const CheckedBytes& file) {
  std::vector<std::uint64_t> offsets;
  for (const auto index : {DirectoryIndex::import, DirectoryIndex::delay_import}) {
    const auto address = image.directory(index).address;
    const auto* section = address == 0 ? nullptr : image.section_at(address);
    if (section != nullptr) offsets.push_back(section->offset + (address - section->address));
  }
  std::sort(offsets.begin(), offsets.end());
  for (const auto offset : offsets)
    file.bytes_up_to(offset < surroundings ? 0 : offset - surroundings, 2 * surroundings);
}

std::vector<std::string> read_names(const Image& image, const CheckedBytes& file, DirectoryIndex directory) {
  std::vector<std::string> names;
  for (auto& entry : read_import_table(image, file, directory)) names.push_back(std::move(entry.dll));
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
  read_ahead(image, file);
  info.needed = read_names(image, file, DirectoryIndex::import);
  info.delay_needed = read_names(image, file, DirectoryIndex::delay_import);
  return info;
}

}  // namespace wheelfix::pe
