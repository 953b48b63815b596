#pragma once

#include <cstdint>
#include <string>

#include "base/file.hpp"

namespace wheelfix {

/// A raw DEFLATE stream in a file, and what its archive states about its content.
struct DeflateStream {
  const File* file = nullptr;  ///< must outlive what reads the stream
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t content_size = 0;
  std::uint32_t content_crc32 = 0;
  std::string subject;  ///< `file: entry`, for errors
};

/// Where a block begins, or the stream ends.
struct BlockStart {
  std::uint64_t bit = 0;      ///< from the stream's first byte
  std::uint64_t content = 0;  ///< bytes of content before it

  bool operator==(const BlockStart&) const = default;
};

/// A block's beginning and the 32 KiB of content before it: decoding can begin there.
struct Checkpoint {
  BlockStart start;
  std::string window;
};

}  // namespace wheelfix
