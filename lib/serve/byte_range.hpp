#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace wheelfix {

/// Which bytes of a file a Range header requests (RFC 9110, 14).
struct ByteRange {
  enum class Kind {
    whole,  ///< all: there is no header, or one that may be ignored: another unit, several ranges, bad syntax
    part,   ///< `size` bytes, at least one, from `offset`, all of them in the file
    outside,  ///< none of the bytes is in the file
  };
  Kind kind = Kind::whole;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;

  bool operator==(const ByteRange&) const = default;
};

ByteRange parse_range(std::optional<std::string_view> header, std::uint64_t file_size);

}  // namespace wheelfix
