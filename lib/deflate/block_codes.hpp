#pragma once

#include <cstdint>
#include <span>

#include "deflate/bit_reader.hpp"
#include "deflate/huffman_table.hpp"

namespace wheelfix {

/// Thrown where the bits of a stream can't be a DEFLATE block's; BlockDecoder says where that was.
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

  /// Those that a dynamic block's header gives (RFC 1951, section 3.2.7). `bits` stand behind the block's
  /// kind, and the buffer must hold max_header_size bytes more, or the stream's end. Throws DamagedBlock for
  /// what zlib refuses too.
  void read_dynamic(BitReader& bits);
  static constexpr std::size_t max_header_size = 1024;

 private:
  void read_lengths(BitReader& bits, std::span<std::uint8_t> lengths);

  PrecodeTable precode_;
};

}  // namespace wheelfix
