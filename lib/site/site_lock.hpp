#pragma once

#include <filesystem>

#include "base/file.hpp"

namespace wheelfix {

/// Keeps other runs of wheelfix from changing a folder of packages while it lives, by flock on a file in its
/// staging folder, which is made for that, and removed with the lock if nothing else is in it. The kernel
/// releases the lock however the process ends.
class SiteLock {
 public:
  /// Throws Error{io}; if another process has the lock, the error names it.
  explicit SiteLock(const std::filesystem::path& site);
  SiteLock(SiteLock&&) noexcept = default;
  SiteLock& operator=(SiteLock&&) = delete;
  ~SiteLock();

  const std::filesystem::path& folder() const { return folder_; }

 private:
  bool try_to_lock();

  std::filesystem::path folder_;  ///< the staging folder
  Descriptor file_;
};

}  // namespace wheelfix
