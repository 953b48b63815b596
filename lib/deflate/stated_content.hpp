#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace wheelfix {

/// Compares content from an archive with what the archive states about it. A difference is thrown as
/// Error{bad_archive, subject}.
class StatedContent {
 public:
  StatedContent(std::string subject, std::uint64_t size, std::uint32_t crc32)
      : subject_(std::move(subject)), size_(size), crc32_(crc32) {}

  /// The next piece. Throws as soon as there is more than stated.
  void take(std::string_view piece);
  /// At the end, with the number of bytes after the compressed data.
  void end(std::uint64_t bytes_after) const;

 private:
  [[noreturn]] void refuse(std::string message) const;

  std::string subject_;
  std::uint64_t size_;
  std::uint32_t crc32_;
  std::uint64_t taken_ = 0;
  std::uint32_t taken_crc32_ = 0;
};

}  // namespace wheelfix
