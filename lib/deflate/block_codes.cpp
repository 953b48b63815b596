#include "deflate/block_codes.hpp"

#include <algorithm>

namespace wheelfix {

namespace {

consteval auto literal_meanings() {
  std::array<std::uint32_t, 288> meanings{};
  for (std::uint32_t i = 0; i < 256; ++i) meanings[i] = huffman::literal | i << 16;
  meanings[256] = huffman::special | huffman::end_of_block;
  for (std::uint32_t i = 0, length = 3; i < 28; ++i) {
    const std::uint32_t extra_bits = i < 8 ? 0 : i / 4 - 1;
    meanings[257 + i] = length << 16 | extra_bits;
    length += 1U << extra_bits;
  }
  meanings[285] = 258U << 16;
  meanings[286] = meanings[287] = huffman::special;
  return meanings;
}

consteval auto distance_meanings() {
  std::array<std::uint32_t, 32> meanings{};
  for (std::uint32_t i = 0, distance = 1; i < 30; ++i) {
    const std::uint32_t extra_bits = i < 4 ? 0 : i / 2 - 1;
    meanings[i] = distance << 16 | extra_bits;
    distance += 1U << extra_bits;
  }
  meanings[30] = meanings[31] = huffman::special;
  return meanings;
}

consteval auto precode_meanings() {
  std::array<std::uint32_t, 19> meanings{};
  for (std::uint32_t i = 0; i < 19; ++i) meanings[i] = i << 16;
  return meanings;
}

constexpr auto of_literals = literal_meanings();
constexpr auto of_distances = distance_meanings();
constexpr auto of_lengths = precode_meanings();

}  // namespace

void BlockCodes::set_fixed() {
  std::array<std::uint8_t, 288> lengths;
  for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] = i < 144 || i >= 280 ? 8 : i < 256 ? 9 : 7;
  literals.build(lengths, of_literals);
  std::array<std::uint8_t, 32> fives;
  fives.fill(5);
  distances.build(fives, of_distances);
}

void BlockCodes::read_dynamic(BitReader& bits) {
  static constexpr std::array<std::uint8_t, 19> order = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                         11, 4,  12, 3, 13, 2, 14, 1, 15};
  const std::size_t literal_count = bits.read(5) + 257;
  const std::size_t distance_count = bits.read(5) + 1;
  const std::size_t precode_count = bits.read(4) + 4;
  if (literal_count > 286 || distance_count > 30) throw DamagedBlock{"a block of too many symbols"};
  std::array<std::uint8_t, 19> precode_lengths{};
  for (std::size_t i = 0; i < precode_count; ++i)
    precode_lengths[order[i]] = static_cast<std::uint8_t>(bits.read(3));
  if (!precode_.build(precode_lengths, of_lengths)) throw DamagedBlock{"an invalid set of code lengths"};

  std::array<std::uint8_t, 286 + 30> lengths{};
  const auto all = std::span(lengths).first(literal_count + distance_count);
  read_lengths(bits, all);
  if (lengths[256] == 0) throw DamagedBlock{"a block without an end"};
  if (!literals.build(all.first(literal_count), of_literals) ||
      !distances.build(all.subspan(literal_count), of_distances))
    throw DamagedBlock{"an invalid set of codes"};
}

void BlockCodes::read_lengths(BitReader& bits, std::span<std::uint8_t> lengths) {
  for (std::size_t i = 0; i < lengths.size();) {
    bits.refill();
    const auto entry = precode_[bits.bits];
    if (huffman::is_special(entry)) throw DamagedBlock{"an invalid code length"};
    bits.take(huffman::bits_taken(entry));
    const auto symbol = huffman::value(entry);
    if (symbol < 16) {
      lengths[i++] = static_cast<std::uint8_t>(symbol);
      continue;
    }
    if (symbol == 16 && i == 0) throw DamagedBlock{"a repeated code length without one before it"};
    const auto repeated = symbol == 16 ? lengths[i - 1] : std::uint8_t{0};
    const std::size_t times = symbol == 16   ? 3 + bits.read(2)
                              : symbol == 17 ? 3 + bits.read(3)
                                             : 11 + bits.read(7);
    if (times > lengths.size() - i) throw DamagedBlock{"too many code lengths"};
    std::ranges::fill(lengths.subspan(i, times), repeated);
    i += times;
  }
}

}  // namespace wheelfix
