#include "cache/cache_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <random>
#include <utility>
#include <vector>
#include <wheelfix/error.hpp>

namespace wheelfix {
namespace {

constexpr std::string_view temporary_prefix = ".tmp-";
constexpr std::int64_t oldest_temporary = 3600;  ///< seconds; what is older, a killed run left

void make_folders(const std::filesystem::path& path) {
  std::filesystem::path folder;
  for (const auto& part : path) {
    folder /= part;
    ::mkdir(folder.c_str(), 0700);
  }
}

bool is_private(const struct stat& status) {
  return status.st_uid == ::geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

struct CloseList {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

struct CachedFile {
  std::string name;
  std::uint64_t size = 0;
  std::int64_t used = 0;  ///< nanoseconds
};

bool is_ours(std::string_view name) {
  constexpr std::size_t name_size = 64;
  return name.starts_with(temporary_prefix) ||
         (name.size() == name_size && name.find_first_not_of("0123456789abcdef") == name.npos);
}

/// Of this write alone: threads, and runs in containers that share the folder, may have the same process ID.
std::string temporary_name(const std::string& name) {
  std::random_device random;
  return fmt::format("{}{:08x}{:08x}-{}", temporary_prefix, random(), random(), name);
}

bool try_write(int file, std::string_view bytes) {
  try {
    write_all(file, bytes, "the cache");
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// The files that runs made, the longest unused first.
std::vector<CachedFile> list_files(int folder) {
  std::vector<CachedFile> files;
  const int descriptor = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, CloseList> list(descriptor < 0 ? nullptr : ::fdopendir(descriptor));
  if (!list) return files;
  while (const auto* item = ::readdir(list.get())) {
    struct stat status;
    if (!is_ours(item->d_name) || ::fstatat(folder, item->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
      continue;
    const auto stamp = stamp_of(status);
    files.push_back({item->d_name, stamp.size, stamp.mtime_ns});
  }
  std::ranges::sort(files, {}, &CachedFile::used);
  return files;
}

}  // namespace

std::optional<CacheFolder> CacheFolder::open(const std::filesystem::path& path, std::uint64_t max_total) {
  if (path.empty()) return std::nullopt;
  make_folders(path);
  Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat status;
  if (folder.get() < 0 || ::fstat(folder.get(), &status) != 0 || !is_private(status)) return std::nullopt;
  if ((status.st_mode & 07777) != 0700 && ::fchmod(folder.get(), 0700) != 0) return std::nullopt;
  return CacheFolder(std::move(folder), max_total);
}

std::optional<std::string> CacheFolder::read(const std::string& name) const {
  const Descriptor descriptor(
      ::openat(folder_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status;
  if (descriptor.get() < 0 || ::fstat(descriptor.get(), &status) != 0 || !is_private(status))
    return std::nullopt;
  if (!S_ISREG(status.st_mode) || stamp_of(status).size > max_file) return std::nullopt;
  try {
    const auto file = File::from_descriptor(descriptor.get(), name);
    auto bytes = file.read(0, static_cast<std::size_t>(file.size()));
    ::futimens(descriptor.get(), nullptr);
    return bytes;
  } catch (const Error&) {
    return std::nullopt;
  }
}

void CacheFolder::write(const std::string& name, std::string_view bytes) const {
  if (bytes.size() > max_file) return;
  const auto temporary = temporary_name(name);
  const Descriptor file(
      ::openat(folder_.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (file.get() < 0) return;  // if another writes to it, it stays
  const bool is_written = try_write(file.get(), bytes) &&
                          ::renameat(folder_.get(), temporary.c_str(), folder_.get(), name.c_str()) == 0;
  if (!is_written) ::unlinkat(folder_.get(), temporary.c_str(), 0);
  remove_oldest();
}

void CacheFolder::remove_oldest() const {
  const auto files = list_files(folder_.get());
  std::uint64_t total = 0;
  for (const auto& file : files) total += file.size;
  const auto too_old = (std::int64_t{std::time(nullptr)} - oldest_temporary) * 1'000'000'000;
  for (const auto& file : files) {
    const bool is_left = file.name.starts_with(temporary_prefix) && file.used < too_old;
    if (total <= max_total_ && !is_left) continue;
    ::unlinkat(folder_.get(), file.name.c_str(), 0);
    total -= file.size;
  }
}

}  // namespace wheelfix
