#pragma once

#include <filesystem>
#include <functional>
#include <wheelfix/progress.hpp>

#include "base/file.hpp"

namespace wheelfix {

/// Locks a folder against other runs while it lives, by flock on a hidden file in it. The file stays, because
/// removing it would let two runs lock two files. The kernel releases the lock however the process ends.
class FolderLock {
 public:
  static constexpr const char* file_name = ".wheelfix-index.lock";

  /// Creates the folder if it is missing, and waits for its turn; `waiting` is called once if it must, and
  /// `progress` meanwhile, which may cancel. Throws Error{io | cancelled}.
  FolderLock(const std::filesystem::path& folder, const std::function<void()>& waiting,
             const ProgressCallback& progress);

 private:
  Descriptor file_;
};

}  // namespace wheelfix
