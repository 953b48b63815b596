#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/file.hpp"
#include "zip/entry.hpp"

struct zip;

namespace wheelfix::zip {

/// libzip's view of an archive: the second opinion on its consistency. Safe from many threads, one at a time.
class LibzipReader {
 public:
  enum class Check { consistency /** ZIP_CHECKCONS */, directory /** no more than opening takes */ };

  /// Opens the archive. If libzip refuses, returns null and sets `refusal` to its reason.
  static std::unique_ptr<LibzipReader> open(const File& file, Check check, std::string& refusal);

  /// The name as UTF-8: converted from code page 437 if the entry isn't flagged as UTF-8.
  std::string name(std::uint64_t index) const;
  std::uint64_t count() const;
  /// Whether the entry at `index` has the name, the sizes and the CRC-32 of `entry`.
  bool sees(std::uint64_t index, const Entry& entry) const;

 private:
  struct Close {
    void operator()(struct ::zip* archive) const;
  };
  explicit LibzipReader(struct ::zip* archive) : archive_(archive) {}

  mutable std::mutex mutex_;
  std::unique_ptr<struct ::zip, Close> archive_;
};

}  // namespace wheelfix::zip
