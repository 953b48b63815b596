#pragma once

#include <atomic>
#include <filesystem>
#include <string>

#include "support/temp_folder.hpp"

namespace test {

/// A file that may be run.
inline std::filesystem::path executable(const TempFolder& folder, const std::string& name,
                                        const std::string& content) {
  auto path = folder.write(name, content);
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path;
}

/// A program of one shell command, under a name of its own.
inline std::filesystem::path script(const TempFolder& folder, const std::string& command) {
  static std::atomic<int> number = 0;
  return executable(folder, "script" + std::to_string(number++), "#!/bin/sh\n" + command + "\n");
}

}  // namespace test
