#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/file.hpp"

struct zip;

namespace wheelfix::zip {

/// libzip's view of an archive: the second opinion on its consistency, and the reader of whole entries. Safe
/// from many threads, one at a time.
class LibzipReader {
 public:
  /// Opens the archive with ZIP_CHECKCONS. Returns null and sets `refusal` to libzip's reason where it
  /// refuses.
  static std::unique_ptr<LibzipReader> open(const File& file, std::string& refusal);

  /// The name as UTF-8: converted from code page 437 where the entry isn't flagged as UTF-8.
  std::string name(std::uint64_t index) const;
  /// The content, CRC-32 checked, at most `size` bytes. Throws Error{bad_archive, subject}.
  std::string read(std::uint64_t index, std::uint64_t size, const std::string& subject) const;

 private:
  struct Close {
    void operator()(struct ::zip* archive) const;
  };
  explicit LibzipReader(struct ::zip* archive) : archive_(archive) {}

  mutable std::mutex mutex_;
  std::unique_ptr<struct ::zip, Close> archive_;
};

}  // namespace wheelfix::zip
