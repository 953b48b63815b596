#pragma once

#include <sys/stat.h>

#include <map>
#include <string>
#include <tuple>
#include <vector>
#include <wheelfix/index.hpp>

#include "support/tar_builder.hpp"
#include "support/wheel_builder.hpp"

namespace test {

using Lines = std::vector<std::string>;

/// Two versions of demo, triton with a build tag and a local version, and an sdist with a dash in its name.
inline void fill(const TempFolder& folder) {
  WheelText{}.write(folder);
  WheelText{.version = "1.1"}.write(folder);
  WheelText{.name = "triton", .version = "2.1.0+x", .tag = "cp311-cp311-linux_x86_64", .build = "0"}.write(
      folder);
  folder.write(
      "my-sdist-1.0.tar.gz",
      gzip(make_tar({{"my-sdist-1.0/PKG-INFO",
                      "Metadata-Version: 2.1\nName: My_Sdist\nVersion: 1.0\nRequires-Python: >=3.9\n"}})));
  folder.write("requirements.txt", "demo\n");
}

inline Lines told(const wheelfix::IndexReport& report) {
  Lines lines;
  for (const auto& change : report.changes)
    lines.push_back(std::string(to_string(change.how)) + " " + change.path);
  return lines;
}

inline Lines names_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.insert(entry.path().filename().string());
  return {names.begin(), names.end()};
}

/// All files below a folder but the cache, by path, with their bytes.
inline std::map<std::string, std::string> pages(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const auto path = entry.path().lexically_relative(folder).string();
    if (entry.is_regular_file() && !path.starts_with('.')) files[path] = slurp(entry.path());
  }
  return files;
}

/// Inode and time of all below a folder, the lock and cache too.
inline std::map<std::string, std::tuple<ino_t, time_t, long>> stamps(const std::filesystem::path& folder) {
  std::map<std::string, std::tuple<ino_t, time_t, long>> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    struct stat status {};
    ::lstat(entry.path().c_str(), &status);
    // The cache may be written once more, for files that had just been made.
    if (!entry.path().filename().string().starts_with('.'))
      found[entry.path().string()] = {status.st_ino, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
  }
  return found;
}

}  // namespace test
