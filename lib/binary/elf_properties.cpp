#include "binary/elf_properties.hpp"

#include <bit>

#include "binary/checked_bytes.hpp"

namespace wheelfix::elf {
namespace {

constexpr std::uint32_t property_segment = 0x6474E553;  // PT_GNU_PROPERTY
constexpr std::uint32_t property_note = 5;              // NT_GNU_PROPERTY_TYPE_0
constexpr std::uint32_t needed_isa = 0xC0008002;        // GNU_PROPERTY_X86_ISA_1_NEEDED
constexpr std::uint64_t most_bytes = 64 << 10;
constexpr std::size_t word_size = 4;

std::uint64_t rounded_up(std::uint64_t size, std::uint64_t alignment) {
  return (size + alignment - 1) / alignment * alignment;
}

/// Bit 0 is the baseline, and each further one a level.
unsigned level_of(std::uint32_t bits) {
  return bits < 2 ? 0 : static_cast<unsigned>(std::bit_width(bits));
}

/// The value of the property among those of a note from `at` to `end`; 0 without it.
std::uint32_t property_in(const Fields& fields, std::uint64_t at, std::uint64_t end,
                          std::uint64_t alignment) {
  while (at + 2 * word_size <= end) {
    const auto type = fields.u32(at), size = fields.u32(at + word_size);
    at += 2 * word_size;
    if (size > end - at) return 0;
    if (type == needed_isa && size == word_size) return fields.u32(at);
    at += rounded_up(size, alignment);
  }
  return 0;
}

}  // namespace

unsigned needed_isa_level(const Image& image, ByteSource& source) {
  if (image.header.machine != EM_X86_64) return 0;
  for (const auto& segment : image.segments) {
    const bool is_whole =
        segment.offset <= image.file_size && segment.file_size <= image.file_size - segment.offset;
    if (segment.type != property_segment || !is_whole || segment.file_size > most_bytes) continue;
    const Fields fields(source.read(segment.offset, segment.file_size), image.encoding.big_endian);
    const std::uint64_t alignment = image.encoding.is_64 ? 8 : 4;
    for (std::uint64_t at = 0; at + 3 * word_size <= fields.size();) {
      const auto name_size = fields.u32(at), size = fields.u32(at + word_size),
                 type = fields.u32(at + 2 * word_size);
      const auto content = at + 3 * word_size + rounded_up(name_size, word_size);
      if (content > fields.size() || size > fields.size() - content) break;
      if (type == property_note)
        if (const auto bits = property_in(fields, content, content + size, alignment)) return level_of(bits);
      at = content + rounded_up(size, alignment);
    }
  }
  return 0;
}

}  // namespace wheelfix::elf
