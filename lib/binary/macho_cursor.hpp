#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"

namespace wheelfix::macho {

/// Reads the packed tables of __LINKEDIT front to back. Throws OutOfBytes.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes, std::size_t at = 0) : bytes_(bytes), at_(at) {}

  std::size_t at() const { return at_; }
  bool is_at_end() const { return at_ >= bytes_.size(); }

  std::uint8_t byte() {
    if (is_at_end()) throw OutOfBytes("read past the end");
    return static_cast<std::uint8_t>(bytes_[at_++]);
  }

  /// ULEB128, and SLEB128 too if its value doesn't matter.
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto part = byte();
      if (shift > 63) throw OutOfBytes("too large a number");
      value |= std::uint64_t{part & 0x7FU} << shift;
      if ((part & 0x80) == 0) return value;
    }
  }

  /// Up to a NUL, which is skipped.
  std::string_view text() {
    const auto end = bytes_.find('\0', at_);
    if (end == bytes_.npos) throw OutOfBytes("a text without end");
    const auto found = bytes_.substr(at_, end - at_);
    at_ = end + 1;
    return found;
  }

 private:
  std::string_view bytes_;
  std::size_t at_;
};

}  // namespace wheelfix::macho
