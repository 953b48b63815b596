#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <wheelfix/library.hpp>
#include <wheelfix/limits.hpp>
#include <wheelfix/wheel.hpp>

#include "base/file.hpp"
#include "cache/cache_folder.hpp"
#include "environment/wheel_code.hpp"

namespace wheelfix {

/// A wheel that an earlier run read, whose file wasn't touched since.
struct CachedWheel {
  Wheel wheel;
  WheelLibraries libraries;
  WheelCode code;
};

/// What was read of wheels, kept from one run to the next. A wheel is known by its file: name, device, inode,
/// size and the times of its last change, in this build of wheelfix with the same limits. A file that was
/// changed less than two seconds before it was read isn't kept: another change might leave its times. None of
/// the functions throws if a cache fails.
class WheelCache {
 public:
  /// `with_cuda`: whether libraries are read with their code for GPUs. Without a folder nothing is kept.
  WheelCache(const std::optional<std::filesystem::path>& folder, const Limits& limits, bool with_cuda);

  /// Nothing if it isn't known.
  std::optional<CachedWheel> find(const std::filesystem::path& path);
  /// Keeps what was read of a wheel since `find`, unless it was known.
  void keep(const Wheel& wheel, const WheelLibraries& libraries, const WheelCode& code);

  /// Whether an earlier run kept that all symbols are found in exactly the wheels that were asked for, in this
  /// layout.
  bool is_known_to_bind(std::string_view layout) const;
  void keep_as_bound(std::string_view layout) const;

 private:
  /// A file as it was before it was read.
  struct Seen {
    std::string key;
    std::size_t known = 0;  ///< how much was known of its code
  };
  /// Empty if one of the files isn't to be kept.
  std::string key_of_set(std::string_view layout) const;
  /// Empty for a file that isn't to be kept.
  std::string key_of(const File& file) const;

  std::optional<CacheFolder> folder_;
  const Limits& limits_;
  std::string settings_;
  std::map<std::filesystem::path, Seen> seen_;
  std::string seen_keys_;       ///< in the order of `find`
  bool has_seen_all_ = true;    ///< each of the files has a key
};

}  // namespace wheelfix
