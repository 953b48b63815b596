#pragma once

#include <cstdint>
#include <string_view>

#include "deflate/block_decoder.hpp"
#include "deflate/deflate_stream.hpp"

namespace wheelfix {

/// Decodes a stream in a file from a checkpoint on, and knows its place in the stream and in the content.
class BlockWalker {
 public:
  BlockWalker(const DeflateStream& stream, const Checkpoint& from);

  /// See BlockDecoder::next.
  BlockDecoder::Step next();
  /// Skips blocks up to `target`, which must be the beginning of one, here or further on.
  void skip_to(const BlockStart& target);

  /// Where the last step ended.
  BlockStart position() const { return {bit_base_ + decoder_.bit_position(), piece_offset_ + piece_.size()}; }
  /// The content of the last step, valid until the next one, and where it begins.
  std::string_view piece() const { return piece_; }
  std::uint64_t piece_offset() const { return piece_offset_; }
  /// The last 32 KiB of content before position().
  std::string_view window() const { return decoder_.window(); }

 private:
  BlockDecoder decoder_;
  std::uint64_t bit_base_;
  std::uint64_t piece_offset_;
  std::string_view piece_;
};

}  // namespace wheelfix
