#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace wheelfix {

/// The bits of a DEFLATE stream, lowest first, over a buffer of its bytes. After the end come zeros, and
/// is_overrun() is true.
struct BitReader {
  const std::uint8_t* data = nullptr;
  std::size_t position = 0;  ///< of the next byte to load
  std::size_t end = 0;       ///< of the buffer's bytes
  std::uint64_t bits = 0;    ///< those loaded; above `count` of them there may be more of the same stream
  unsigned count = 0;

  /// At least 56 bits, from anywhere.
  void refill() {
    bits &= ~(~std::uint64_t{0} << count);
    for (; count < 56; count += 8, ++position) {
      if (position < end) bits |= std::uint64_t{data[position]} << count;
    }
  }

  /// The same without a branch, if eight bytes can be loaded at the position. A byte that doesn't fit whole
  /// is loaded again by the next refill.
  void refill_fast() {
    std::uint64_t word;
    std::memcpy(&word, data + position, sizeof word);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    bits |= word << count;
    position += (63 - count) >> 3;
    count |= 56;
  }

  void take(unsigned n) {
    bits >>= n;
    count -= n;
  }

  /// The next `n` bits, up to 16.
  unsigned read(unsigned n) {
    if (count < n) refill();
    const auto result = static_cast<unsigned>(bits & ((1U << n) - 1));
    take(n);
    return result;
  }

  /// Puts back the whole bytes that are loaded, so that fewer than eight bits stay.
  void unload() {
    position -= count / 8;
    count %= 8;
  }

  /// Continues at the next whole byte, with no bits loaded.
  void to_byte() {
    unload();
    bits = 0;
    count = 0;
  }

  bool is_overrun() const { return position * 8 > end * 8 + count; }
};

}  // namespace wheelfix
