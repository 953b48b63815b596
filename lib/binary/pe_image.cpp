#include "binary/pe_image.hpp"

#include <fmt/format.h>

#include <algorithm>

// Source: Microsoft, "PE Format". Beyond that, the loader has raw data begin at a multiple of 512 whatever
// PointerToRawData's last bits say, and takes a VirtualSize of 0 as SizeOfRawData.

namespace wheelfix::pe {
namespace {

constexpr std::uint64_t dos_header_size = 64, file_header_size = 20, section_header_size = 40;
constexpr std::uint16_t magic_pe32 = 0x10B, magic_pe32_plus = 0x20B;
constexpr std::uint64_t sector = 512;

/// Places in the optional header, which differ by the kind.
struct OptionalLayout {
  std::size_t base, directory_count;
};
constexpr OptionalLayout layout_pe32{28, 92}, layout_pe32_plus{24, 108};
constexpr std::size_t headers_size_at = 60;

void read_optional_header(Image& image, const CheckedBytes& file, std::uint64_t offset, std::uint16_t size) {
  const Fields header(file.bytes(offset, size, "the optional header"), false);
  const auto refuse_size = [&](std::uint64_t wanted) {
    file.refuse(fmt::format("the optional header at offset {:#x} has {} bytes, of which there must be {}",
                            offset, size, wanted));
  };
  if (size < 2) refuse_size(2);
  const auto magic = header.u16(0);
  if (magic != magic_pe32 && magic != magic_pe32_plus)
    file.refuse(
        fmt::format("the optional header at offset {:#x} begins with {:#x}, which is neither PE32 "
                    "nor PE32+",
                    offset, magic));
  image.is_plus = magic == magic_pe32_plus;
  const auto& layout = image.is_plus ? layout_pe32_plus : layout_pe32;
  const auto directories_at = layout.directory_count + 4;
  if (size < directories_at) refuse_size(directories_at);
  image.base = image.is_plus ? header.u64(layout.base) : header.u32(layout.base);
  image.headers_size = header.u32(headers_size_at);
  const auto count = std::min<std::size_t>(header.u32(layout.directory_count), image.directories.size());
  if (size < directories_at + count * 8) refuse_size(directories_at + count * 8);
  for (std::size_t i = 0; i < count; ++i)
    image.directories[i] = {header.u32(directories_at + i * 8), header.u32(directories_at + i * 8 + 4)};
}

Section parse_section(const Fields& table, std::size_t at) {
  Section section;
  section.name = table.bytes().substr(at, 8);
  section.name.resize(std::min(section.name.size(), section.name.find('\0')));
  const auto raw_size = table.u32(at + 16);
  section.address = table.u32(at + 12);
  section.memory_size = table.u32(at + 8) == 0 ? raw_size : table.u32(at + 8);
  section.offset = table.u32(at + 20) / sector * sector;
  section.file_size = std::min<std::uint64_t>(raw_size, section.mapped_size());
  if (table.u32(at + 20) == 0) section.file_size = 0;
  return section;
}

}  // namespace

const Section* Image::section_at(std::uint64_t address) const {
  const auto found = std::ranges::find_if(sections, [&](const Section& one) { return one.has(address); });
  return found == sections.end() ? nullptr : &*found;
}

Image read_image(const CheckedBytes& file) {
  const Fields dos(file.bytes(0, dos_header_size, "the DOS header"), false);
  if (!dos.bytes().starts_with("MZ")) file.refuse("is not a PE file");
  const std::uint64_t offset = dos.u32(0x3C);
  if (file.bytes(offset, 4, "the PE signature") != std::string_view("PE\0\0", 4))
    file.refuse(fmt::format("the DOS header leads to offset {:#x}, where there is no PE signature", offset));
  const Fields header(file.bytes(offset + 4, file_header_size, "the file header"), false);
  Image image;
  image.machine = header.u16(0);
  image.characteristics = header.u16(18);
  const std::size_t section_count = header.u16(2);
  const auto optional_at = offset + 4 + file_header_size;
  const auto optional_size = header.u16(16);
  read_optional_header(image, file, optional_at, optional_size);
  const Fields table(
      file.bytes(optional_at + optional_size, section_count * section_header_size, "the section table"),
      false);
  for (std::size_t i = 0; i < section_count; ++i)
    image.sections.push_back(parse_section(table, i * section_header_size));
  return image;
}

std::string read_mapped(const Image& image, const CheckedBytes& file, std::uint64_t address,
                        std::uint64_t count, std::string_view what) {
  const auto* section = image.section_at(address);
  if (section == nullptr && address >= image.headers_size)
    file.refuse(fmt::format("{} is at address {:#x}, which no section maps", what, address));
  if (section == nullptr) return file.bytes(address, std::min(count, image.headers_size - address), what);
  const auto from = address - section->address;
  const auto in_memory = std::min(count, section->mapped_size() - from);
  const auto in_file = from < section->file_size ? std::min(in_memory, section->file_size - from) : 0;
  auto bytes = in_file == 0 ? std::string() : file.bytes(section->offset + from, in_file, what);
  bytes.resize(in_memory, '\0');
  return bytes;
}

}  // namespace wheelfix::pe
