#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.hpp"

namespace wheelfix {

/// A folder of files that may be missing at any time, which many runs use at once, and anybody may delete.
/// It is used only if it belongs to this user and nobody else can write to it; then its mode is 0700, and
/// that of its files 0600. A file is there whole or not at all, except after a crash of the machine, so
/// readers must notice damage. If all files have more than `max_total` bytes, those are removed that weren't
/// used for the longest time.
class CacheFolder {
 public:
  static constexpr std::uint64_t usual_total = 256 << 20;
  static constexpr std::uint64_t max_file = 64 << 20;

  /// Makes the folder, and those above it, if they are missing. Nothing if it can't be used.
  static std::optional<CacheFolder> open(const std::filesystem::path& path,
                                         std::uint64_t max_total = usual_total);

  /// A file's content, which counts as a use. Nothing if it can't be read.
  std::optional<std::string> read(const std::string& name) const;
  /// Replaces a file, which may fail without a sign. Names are those of sha256_hex.
  void write(const std::string& name, std::string_view bytes) const;

 private:
  CacheFolder(Descriptor folder, std::uint64_t max_total)
      : folder_(std::move(folder)), max_total_(max_total) {}
  void remove_oldest() const;

  Descriptor folder_;
  std::uint64_t max_total_;
};

}  // namespace wheelfix
