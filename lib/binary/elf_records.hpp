#pragma once

#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/skimmer.hpp"
#include "binary/elf_image.hpp"

namespace wheelfix::elf {

/// The numbers of one record by their place in it, for tables of a million records, where Decoder takes most
/// of the time. The record's size must have been checked.
class RecordView {
 public:
  RecordView(const char* bytes, Encoding encoding) : bytes_(bytes), encoding_(encoding) {}

  std::uint8_t u8(std::size_t at) const { return static_cast<std::uint8_t>(bytes_[at]); }
  std::uint16_t u16(std::size_t at) const { return in_order(load<std::uint16_t>(at)); }
  std::uint32_t u32(std::size_t at) const { return in_order(load<std::uint32_t>(at)); }
  /// Four or eight bytes, by the class.
  std::uint64_t word(std::size_t at) const {
    return encoding_.is_64 ? in_order(load<std::uint64_t>(at)) : u32(at);
  }

 private:
  template <class T>
  T load(std::size_t at) const {
    T value;
    std::memcpy(&value, bytes_ + at, sizeof value);
    return value;
  }

  static std::uint16_t swapped(std::uint16_t value) { return __builtin_bswap16(value); }
  static std::uint32_t swapped(std::uint32_t value) { return __builtin_bswap32(value); }
  static std::uint64_t swapped(std::uint64_t value) { return __builtin_bswap64(value); }

  template <class T>
  T in_order(T value) const {
    return encoding_.big_endian == (std::endian::native == std::endian::big) ? value : swapped(value);
  }

  const char* bytes_;
  Encoding encoding_;
};

/// A table within the file.
struct RecordTable {
  std::uint64_t offset = 0;
  std::uint64_t count = 0;
  std::uint64_t record_size = 1;

  std::uint64_t end() const { return offset + count * record_size; }
};

/// Throws Error{bad_binary} naming `what` if the file ends before the table.
inline void require_whole(const Image& image, const RecordTable& table, std::string_view what) {
  if (table.offset <= image.file_size && table.count <= (image.file_size - table.offset) / table.record_size)
    return;
  image.refuse(
      fmt::format("{} at offset {:#x} has {} entries of {} bytes, which reach beyond the end of the "
                  "file, which has {} bytes",
                  what, table.offset, table.count, table.record_size, image.file_size));
}

/// Calls `use` with each record, front to back, until it returns false. The table isn't kept in memory.
template <class Use>
void for_each_record(const Image& image, ByteSource& source, const RecordTable& table, std::string_view what,
                     Use use) {
  require_whole(image, table, what);
  Skimmer skimmer(source);
  for (auto offset = table.offset; offset < table.end();) {
    auto piece = skimmer.at(offset, table.record_size);
    for (; offset < table.end() && piece.size() >= table.record_size; offset += table.record_size) {
      if (!use(RecordView(piece.data(), image.encoding))) return;
      piece.remove_prefix(table.record_size);
    }
  }
}

}  // namespace wheelfix::elf
