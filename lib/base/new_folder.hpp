#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/made_folder.hpp"

namespace wheelfix {

/// A folder of new files, created if missing. What was written is removed again unless it is kept.
class NewFolder {
 public:
  using Sink = std::function<void(std::string_view)>;

  /// Throws Error{output_exists}, with `hint`, for a file and for a folder that isn't empty, and Error{io}.
  NewFolder(const std::filesystem::path& folder, const std::string& hint);
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  ~NewFolder();

  /// Makes the folders that these files are to be in; paths are relative, with `/`. Throws Error{io}.
  void make_folders_of(const std::vector<std::string>& paths) const;
  /// Writes a file that isn't there yet, executable if `mode` has a bit for that. Returns whether it is so
  /// for its owner now: not every file system keeps it. Safe from many threads. Throws Error{io}.
  bool write_file(const std::filesystem::path& path, unsigned mode,
                  const std::function<void(const Sink&)>& fill) const;
  void keep() noexcept;

 private:
  std::filesystem::path folder_;
  MadeFolder made_;
  bool is_kept_ = false;
};

}  // namespace wheelfix
