#pragma once

#include <filesystem>
#include <functional>
#include <wheelfix/progress.hpp>

#include "base/file.hpp"

namespace wheelfix {

/// Holds a folder against other runs while it lives, by flock on a hidden file in it. The file stays, for
/// removing it would let two runs hold two files. The kernel lets go of it however the process ends.
class FolderLock {
 public:
  static constexpr const char* file_name = ".wheelfix-index.lock";

  /// Makes the folder if it misses, and waits for its turn; `waiting` is called once if it must, and
  /// `progress` meanwhile, which may cancel. Throws Error{io | cancelled}.
  FolderLock(const std::filesystem::path& folder, const std::function<void()>& waiting,
             const ProgressCallback& progress);

 private:
  Descriptor file_;
};

}  // namespace wheelfix
