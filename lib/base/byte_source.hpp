#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace wheelfix {

/// Random access to bytes that need not be in memory: a buffer, a file, or an entry of an archive that is
/// inflated when read.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;
  /// Whether reads in order of offset cost much less than others, as for what is inflated when read.
  virtual bool is_stream() const { return false; }

  /// Exactly `count` bytes from `offset`. Throws OutOfBytes if they are not all there.
  std::string read(std::uint64_t offset, std::uint64_t count) {
    if (offset > size() || count > size() - offset) throw OutOfBytes("read past the end");
    return count == 0 ? std::string() : fetch(offset, count);
  }

  /// The same, but fewer bytes at the end.
  std::string read_up_to(std::uint64_t offset, std::uint64_t count) {
    const auto start = std::min(offset, size());
    return read(start, std::min(count, size() - start));
  }

  /// Bytes from `offset` on, as many as are at hand; empty only at the end. They are valid until the next
  /// read, and sources that keep what was read don't keep them.
  std::string_view skim(std::uint64_t offset) {
    return offset < size() ? glance(offset) : std::string_view();
  }

 protected:
  /// At least one byte from an offset before the end.
  virtual std::string_view glance(std::uint64_t offset) {
    constexpr std::uint64_t most = 16 << 10;
    glanced_at_ = fetch(offset, std::min(most, size() - offset));
    return glanced_at_;
  }

 private:
  virtual std::string fetch(std::uint64_t offset, std::uint64_t count) = 0;

  std::string glanced_at_;
};

/// Bytes in memory, which it doesn't own.
class MemoryBytes : public ByteSource {
 public:
  explicit MemoryBytes(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }

 private:
  std::string fetch(std::uint64_t offset, std::uint64_t count) override {
    return std::string(bytes_.substr(offset, count));
  }
  std::string_view glance(std::uint64_t offset) override { return bytes_.substr(offset); }

  std::string_view bytes_;
};

}  // namespace wheelfix
