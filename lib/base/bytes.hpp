#pragma once

#include <concepts>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace wheelfix {

/// A read that would go past the end of what there is. Readers of formats catch it and say which structure
/// was cut short.
struct OutOfBytes : std::out_of_range {
  using std::out_of_range::out_of_range;
};

/// Checked little-endian reads, front to back, over bytes that it doesn't own. Each read that doesn't fit
/// throws OutOfBytes.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint16_t u16() { return little_endian<std::uint16_t>(); }
  std::uint32_t u32() { return little_endian<std::uint32_t>(); }
  std::uint64_t u64() { return little_endian<std::uint64_t>(); }

  std::string_view take(std::size_t count) {
    if (count > bytes_.size() - position_) throw OutOfBytes("read past the end");
    const auto piece = bytes_.substr(position_, count);
    position_ += count;
    return piece;
  }

  std::size_t position() const noexcept { return position_; }
  std::size_t remaining() const noexcept { return bytes_.size() - position_; }

 private:
  template <std::unsigned_integral T>
  T little_endian() {
    const auto piece = take(sizeof(T));
    T value = 0;
    for (std::size_t i = sizeof(T); i > 0; --i)
      value = static_cast<T>(value << 8 | static_cast<unsigned char>(piece[i - 1]));
    return value;
  }

  std::string_view bytes_;
  std::size_t position_ = 0;
};

/// Appends `value` to `out`, little-endian. The type is named at the call, because it sets the width.
template <std::unsigned_integral T>
void put(std::string& out, std::type_identity_t<T> value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
}

}  // namespace wheelfix
