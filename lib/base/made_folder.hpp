#pragma once

#include <filesystem>
#include <vector>

namespace wheelfix {

/// A folder for output that is made if it is missing, and goes again with all above it that were made for
/// it, unless it is kept or something lies in it.
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
