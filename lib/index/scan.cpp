#include "index/scan.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>

#include "index/package_name.hpp"

namespace wheelfix {

namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

std::optional<ScannedFile> look_at(int folder, const char* name, const std::filesystem::path& path) {
  struct stat status {};
  if (::fstatat(folder, name, &status, 0) == 0)
    return ScannedFile{name, stamp_of(status), S_ISREG(status.st_mode)};
  if (errno != ENOENT && errno != ELOOP && errno != EACCES) throw_io_error(path / name, "stat", errno);
  if (::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  return ScannedFile{name, stamp_of(status), false};
}

}  // namespace

std::vector<ScannedFile> scan_packages(const std::filesystem::path& path) {
  const std::unique_ptr<DIR, CloseFolder> folder(::opendir(path.c_str()));
  if (!folder) throw_io_error(path, "read the folder", errno);
  std::vector<ScannedFile> files;
  for (;;) {
    errno = 0;
    const auto* entry = ::readdir(folder.get());
    if (entry == nullptr && errno != 0) throw_io_error(path, "read the folder", errno);
    if (entry == nullptr) break;
    if (package_kind(entry->d_name) == PackageKind::none) continue;
    if (auto file = look_at(::dirfd(folder.get()), entry->d_name, path)) files.push_back(std::move(*file));
  }
  std::ranges::sort(files, {}, &ScannedFile::name);
  return files;
}

}  // namespace wheelfix
