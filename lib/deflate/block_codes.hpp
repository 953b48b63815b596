#pragma once

#include <cstdint>
#include <span>

#include "deflate/bit_reader.hpp"
#include "deflate/huffman_table.hpp"

namespace wheelfix {

/// Thrown if the bits of a stream aren't a valid DEFLATE block; BlockDecoder adds the place.
struct DamagedBlock {
  const char* why;
};

/// The two codes of a compressed block.
class BlockCodes {
 public:
  LiteralTable literals;
  DistanceTable distances;

  /// Those of RFC 1951, section 3.2.6.
  void set_fixed();

  /// Those of a dynamic block's header (RFC 1951, section 3.2.7). `bits` are after the block's kind, and the
  /// buffer must have max_header_size bytes more, or the stream's end. Throws DamagedBlock for what zlib
  /// refuses too.
  void read_dynamic(BitReader& bits);
  static constexpr std::size_t max_header_size = 1024;

 private:
  void read_lengths(BitReader& bits, std::span<std::uint8_t> lengths);

  PrecodeTable precode_;
};

}  // namespace wheelfix
