#include "binary/elf_hash.hpp"

#include <algorithm>

#include "binary/elf_records.hpp"

namespace wheelfix::elf {
namespace {

constexpr std::size_t gnu_header_size = 16;

RecordView header_of(const Image& image, ByteSource& source, std::uint64_t offset, std::uint64_t size,
                     std::string& bytes) {
  try {
    bytes = source.read(offset, size);
  } catch (const OutOfBytes&) {
    image.refuse(fmt::format("the hash table at offset {:#x} is cut short: the file has {} bytes", offset,
                             image.file_size));
  }
  return {bytes.data(), image.encoding};
}

/// The end of the last chain, which is that of the bucket with the highest number: each has the numbers that
/// follow those of another.
HashedSymbols count_by_gnu_hash(const Image& image, ByteSource& source, std::uint64_t offset) {
  std::string bytes;
  const auto header = header_of(image, source, offset, gnu_header_size, bytes);
  const RecordTable buckets{offset + gnu_header_size + header.u32(8) * image.encoding.word_size(),
                            header.u32(0), sizeof(std::uint32_t)};
  const auto first = header.u32(4);
  std::uint32_t last = 0;
  for_each_record(image, source, buckets, "DT_GNU_HASH", [&](const RecordView& bucket) {
    last = std::max(last, bucket.u32(0));
    return true;
  });
  if (last == 0) return {};  // nothing is exported
  if (last < first)
    image.refuse(
        fmt::format("DT_GNU_HASH begins at symbol {}, and names symbol {} before that", first, last));
  const RecordTable up_to_last{buckets.end(), std::uint64_t{last} - first, sizeof(std::uint32_t)};
  require_whole(image, up_to_last, "DT_GNU_HASH");
  const RecordTable chain{up_to_last.end(), (image.file_size - up_to_last.end()) / sizeof(std::uint32_t),
                          sizeof(std::uint32_t)};
  std::uint64_t count = last;
  bool has_end = false;
  for_each_record(image, source, chain, "DT_GNU_HASH", [&](const RecordView& link) {
    has_end = (link.u32(0) & 1) != 0;
    return ++count <= max_symbols && !has_end;
  });
  if (!has_end) image.refuse(fmt::format("the chain of symbol {} in DT_GNU_HASH has no end", last));
  return {.count = count, .first = first};
}

HashedSymbols count_by_sysv_hash(const Image& image, ByteSource& source, std::uint64_t offset) {
  const auto entry_size = sysv_hash_entry_size(image);
  std::string bytes;
  const auto header = header_of(image, source, offset, 2 * entry_size, bytes);
  const auto low_half = entry_size == 8 && image.encoding.big_endian ? 4U : 0U;
  const auto buckets = header.u32(low_half), chains = header.u32(entry_size + low_half);
  require_whole(image, {offset + 2 * entry_size, std::uint64_t{buckets} + chains, entry_size}, "DT_HASH");
  if (buckets == 0) return {};
  return {.count = chains, .first = 1};
}

}  // namespace

HashedSymbols count_hashed_symbols(const Image& image, ByteSource& source) {
  if (const auto* table = image.find(DT_GNU_HASH))
    return count_by_gnu_hash(image, source, image.offset_of(table->value, "DT_GNU_HASH"));
  if (const auto* table = image.find(DT_HASH))
    return count_by_sysv_hash(image, source, image.offset_of(table->value, "DT_HASH"));
  return {};
}

}  // namespace wheelfix::elf
