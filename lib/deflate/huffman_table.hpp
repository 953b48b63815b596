#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace wheelfix {

/// The meaning of a code of a DEFLATE block, in one word, so that the decoding loop needs one look-up:
/// bits 0 to 5   how many bits of the stream it takes, extra bits included,
/// bits 8 to 11  how many of them are the code itself,
/// bits 16 to 30 the literal, or the length or distance that the extra bits add to.
namespace huffman {
constexpr std::uint32_t literal = 1U << 31;
constexpr std::uint32_t special = 1U << 15;   ///< one of the next two, or a code without meaning
constexpr std::uint32_t subtable = 1U << 14;  ///< the code is longer than the index: see in_subtable()
constexpr std::uint32_t end_of_block = 1U << 13;

constexpr unsigned bits_taken(std::uint32_t entry) {
  return entry & 63;
}
constexpr unsigned code_length(std::uint32_t entry) {
  return entry >> 8 & 15;
}
constexpr std::uint32_t value(std::uint32_t entry) {
  return entry >> 16 & 0x7FFF;
}
constexpr bool is_literal(std::uint32_t entry) {
  return (entry & literal) != 0;
}
constexpr bool is_special(std::uint32_t entry) {
  return (entry & special) != 0;
}
constexpr bool is_link(std::uint32_t entry) {
  return (entry & (special | subtable)) == (special | subtable);
}
}  // namespace huffman

/// Decodes one Huffman code of RFC 1951, section 3.2.2: the next `root_bits` bits of the stream lead to an
/// entry.
template <unsigned root_bits, std::size_t max_symbols>
class HuffmanTable {
 public:
  static constexpr unsigned max_code_length = 15;

  /// Makes the table of the code whose symbols have these lengths in bits, 0 for one that isn't used.
  /// `meanings[symbol]` is its entry without the bits of the code. False if the lengths are not those of a
  /// complete code; no code at all, and one symbol of one bit, are allowed, as in zlib.
  bool build(std::span<const std::uint8_t> lengths, std::span<const std::uint32_t> meanings);

  std::uint32_t operator[](std::uint64_t bits) const { return entries_[bits & (root_size - 1)]; }
  /// The entry that `link` leads to, for the same bits.
  std::uint32_t in_subtable(std::uint32_t link, std::uint64_t bits) const {
    const auto mask = (1U << huffman::bits_taken(link)) - 1;
    return entries_[huffman::value(link) + (bits >> root_bits & mask)];
  }

 private:
  static constexpr std::size_t root_size = std::size_t{1} << root_bits;
  /// At least two codes share a root entry, and they take at most 2^(15 - root_bits) entries.
  static constexpr std::size_t capacity =
      root_size + max_symbols / 2 * (std::size_t{1} << (max_code_length - root_bits));

  std::array<std::uint32_t, capacity> entries_;
};

using LiteralTable = HuffmanTable<11, 288>;
using DistanceTable = HuffmanTable<9, 32>;
/// Of the code in which the lengths of the other two are written.
using PrecodeTable = HuffmanTable<7, 19>;

}  // namespace wheelfix
