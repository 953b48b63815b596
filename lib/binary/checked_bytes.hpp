#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/byte_source.hpp"

namespace wheelfix {

/// Throws Error{bad_binary} with the hint that goes with damage.
[[noreturn]] void refuse_binary(const std::string& subject, std::string message);

/// A structure's bytes, with its numbers by their place in it. Throws OutOfBytes.
class Fields {
 public:
  Fields(std::string bytes, bool big_endian) : bytes_(std::move(bytes)), big_endian_(big_endian) {}

  std::size_t size() const { return bytes_.size(); }
  std::string_view bytes() const { return bytes_; }
  std::uint16_t u16(std::size_t at) const { return static_cast<std::uint16_t>(number(at, 2)); }
  std::uint32_t u32(std::size_t at) const { return static_cast<std::uint32_t>(number(at, 4)); }
  std::uint64_t u64(std::size_t at) const { return number(at, 8); }

 private:
  std::uint64_t number(std::size_t at, std::size_t width) const;

  std::string bytes_;
  bool big_endian_;
};

/// A part of a file, most often all of it, that refuses to be read past its end.
class CheckedBytes {
 public:
  CheckedBytes(ByteSource& source, std::string subject)
      : source_(source), subject_(std::move(subject)), size_(source.size()) {}
  /// The part must lie within the source.
  CheckedBytes(ByteSource& source, std::string subject, std::uint64_t begin, std::uint64_t size)
      : source_(source), subject_(std::move(subject)), begin_(begin), size_(size) {}

  ByteSource& source() const { return source_; }
  const std::string& subject() const { return subject_; }
  std::uint64_t size() const { return size_; }
  /// An offset in this part as one in the file, for errors.
  std::uint64_t in_file(std::uint64_t offset) const { return begin_ + offset; }

  /// Throws Error{bad_binary} naming `what`, its size and offset if it isn't all there.
  std::string bytes(std::uint64_t offset, std::uint64_t count, std::string_view what) const;
  std::string bytes_up_to(std::uint64_t offset, std::uint64_t count) const;
  [[noreturn]] void refuse(std::string message) const { refuse_binary(subject_, std::move(message)); }

 private:
  ByteSource& source_;
  std::string subject_;
  std::uint64_t begin_ = 0;
  std::uint64_t size_;
};

}  // namespace wheelfix
