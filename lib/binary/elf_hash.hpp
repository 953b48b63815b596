#pragma once

#include <cstdint>
#include <string_view>

#include "base/byte_source.hpp"
#include "binary/elf_image.hpp"

// The two hash tables by which loaders look up names of symbols. Source: System V ABI, generic part, "Hash
// Table"; for DT_GNU_HASH glibc's do_lookup_x (elf/dl-lookup.c).

namespace wheelfix::elf {

constexpr std::uint32_t gnu_hash(std::string_view name) {
  std::uint32_t hash = 5381;
  for (const auto c : name) hash = hash * 33 + static_cast<unsigned char>(c);
  return hash;
}

constexpr std::uint32_t sysv_hash(std::string_view name) {
  std::uint32_t hash = 0;
  for (const auto c : name) {
    hash = (hash << 4) + static_cast<unsigned char>(c);
    hash ^= hash >> 24 & 0xF0;
    hash &= 0x0FFFFFFF;
  }
  return hash;
}

/// The bytes of an entry of DT_HASH: eight for Alpha and 64-bit s390, whose numbers need no more than four.
inline std::uint64_t sysv_hash_entry_size(const Image& image) {
  constexpr std::uint16_t alpha = 0x9026;
  const bool is_wide =
      image.encoding.is_64 && (image.header.machine == EM_S390 || image.header.machine == alpha);
  return is_wide ? 8 : 4;
}

/// In one file. libtorch_cpu.so of torch 2.1.0 has 90,000.
constexpr std::uint64_t max_symbols = 4'000'000;

/// The symbols that lookups find, if they are defined: from `first` on up to `count`, which is 0 if there are
/// none.
struct HashedSymbols {
  std::uint64_t count = 0;
  std::uint32_t first = 0;
};

/// By DT_GNU_HASH or, without that, DT_HASH, which is what loaders use. Throws Error{bad_binary} for a table
/// that leads out of the file or has no end.
HashedSymbols count_hashed_symbols(const Image& image, ByteSource& source);

}  // namespace wheelfix::elf
