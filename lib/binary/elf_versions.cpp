#include "binary/elf_versions.hpp"

#include <fmt/format.h>

namespace wheelfix::elf {
namespace {

// The most that any real file has is some hundreds.
constexpr std::size_t max_records = 16384;

/// Reads the records of one table, which are chained by distances, and stops if there are too many.
class Chain {
 public:
  Chain(const Image& image, ByteSource& source, std::string_view tag)
      : image_(image), source_(source), tag_(tag) {}

  Decoder record(std::uint64_t offset, std::uint64_t size) {
    if (++records_ > max_records)
      image_.refuse(fmt::format("{} has more than {} records, or they go in a circle", tag_, max_records));
    try {
      bytes_ = source_.read(offset, size);
    } catch (const OutOfBytes&) {
      image_.refuse(fmt::format("{} leads to offset {:#x}, beyond the end of the file", tag_, offset));
    }
    return {bytes_, image_.encoding};
  }

 private:
  const Image& image_;
  ByteSource& source_;
  std::string_view tag_;
  std::string bytes_;
  std::size_t records_ = 0;
};

struct Table {
  std::uint64_t offset = 0;
  std::uint64_t count = 0;
};

Table find_table(const Image& image, std::uint64_t address_tag, std::uint64_t count_tag,
                 std::string_view what) {
  const auto* address = image.find(address_tag);
  const auto* count = image.find(count_tag);
  if (address == nullptr || count == nullptr) return {};
  return {image.offset_of(address->value, what), count->value};
}

}  // namespace

std::vector<VersionNeed> read_versions_needed(const Image& image, ByteSource& source) {
  auto [offset, left] = find_table(image, DT_VERNEED, DT_VERNEEDNUM, "DT_VERNEED");
  Chain chain(image, source, "DT_VERNEED");
  std::vector<VersionNeed> needs;
  for (std::uint32_t next = 1; left > 0 && next != 0; --left, offset += next) {
    VersionNeed need{.offset = offset, .versions = {}};
    std::uint16_t version = 0, count = 0;
    std::uint32_t first = 0;
    auto decoder = chain.record(offset, sizeof(Elf64_Verneed));
    decoder.u16(version);
    decoder.u16(count);
    decoder.u32(need.file);
    decoder.u32(first);
    decoder.u32(next);
    auto name_offset = offset + first;
    for (std::uint32_t name_next = 1; count > 0 && name_next != 0; --count, name_offset += name_next) {
      std::uint32_t hash = 0;
      std::uint16_t flags = 0;
      auto names = chain.record(name_offset, sizeof(Elf64_Vernaux));
      auto& needed = need.versions.emplace_back();
      needed.offset = name_offset;
      names.u32(hash);
      names.u16(flags);
      names.u16(needed.index);
      names.u32(needed.name);
      names.u32(name_next);
      needed.is_weak = (flags & VER_FLG_WEAK) != 0;
    }
    needs.push_back(std::move(need));
  }
  return needs;
}

std::vector<VersionDefinition> read_version_definitions(const Image& image, ByteSource& source) {
  auto [offset, left] = find_table(image, DT_VERDEF, DT_VERDEFNUM, "DT_VERDEF");
  Chain chain(image, source, "DT_VERDEF");
  std::vector<VersionDefinition> all;
  for (std::uint32_t next = 1; left > 0 && next != 0; --left, offset += next) {
    auto& definition = all.emplace_back();
    std::uint16_t version = 0, flags = 0, count = 0;
    std::uint32_t hash = 0, first = 0;
    auto decoder = chain.record(offset, sizeof(Elf64_Verdef));
    decoder.u16(version);
    decoder.u16(flags);
    decoder.u16(definition.index);
    decoder.u16(count);
    decoder.u32(hash);
    decoder.u32(first);
    decoder.u32(next);
    definition.is_base = (flags & VER_FLG_BASE) != 0;
    auto name_offset = offset + first;
    for (std::uint32_t name_next = 1; count > 0 && name_next != 0; --count, name_offset += name_next) {
      auto names = chain.record(name_offset, sizeof(Elf64_Verdaux));
      names.u32(definition.names.emplace_back());
      names.u32(name_next);
    }
  }
  return all;
}

}  // namespace wheelfix::elf
