#pragma once

#include <filesystem>
#include <vector>

namespace wheelfix {

/// A folder for output that is created if missing, and removed again with all parents that were created for
/// it, unless it is kept or isn't empty.
class MadeFolder {
 public:
  MadeFolder() = default;
  MadeFolder(const MadeFolder&) = delete;
  MadeFolder& operator=(const MadeFolder&) = delete;
  ~MadeFolder();

  /// Throws Error{io}.
  void make(const std::filesystem::path& folder);
  void keep() noexcept { made_.clear(); }

 private:
  std::vector<std::filesystem::path> made_;  ///< the outermost first
};

}  // namespace wheelfix
