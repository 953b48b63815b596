#include "site/staging.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/hash.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

std::array<timespec, 2> times_of(std::int64_t mtime_ns) {
  constexpr std::int64_t second = 1'000'000'000;
  auto seconds = mtime_ns / second, rest = mtime_ns % second;
  if (rest < 0) --seconds, rest += second;
  return {timespec{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, timespec{.tv_sec = seconds, .tv_nsec = rest}};
}

/// Only root may give a file to another user, and others are no reason to fail.
void take_over_owner(int fd, const StagedAttributes& attributes, const fs::path& target) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw_io_error(target, "stat", errno);
  if (status.st_uid == attributes.user && status.st_gid == attributes.group) return;
  if (::fchown(fd, attributes.user, attributes.group) != 0 && ::geteuid() == 0)
    throw_io_error(target, "set the owner", errno);
}

void take_over_attributes(int fd, const StagedAttributes& attributes, const fs::path& target) {
  take_over_owner(fd, attributes, target);
  if (::fchmod(fd, attributes.mode & 07777U) != 0) throw_io_error(target, "set the permissions", errno);
  if (attributes.mtime_ns && ::futimens(fd, times_of(*attributes.mtime_ns).data()) != 0)
    throw_io_error(target, "set the time", errno);
}

}  // namespace

StagedAttributes new_file_attributes(const fs::path& site, bool is_executable) {
  struct stat status {};
  if (::stat(site.c_str(), &status) != 0) throw_io_error(site, "stat", errno);
  const auto mask = ::umask(0);
  ::umask(mask);
  return {.mode = (is_executable ? 0777U : 0666U) & ~mask, .user = status.st_uid, .group = status.st_gid};
}

fs::path staged_path(const fs::path& folder, std::size_t number) {
  return folder / (std::to_string(number) + ".new");
}

fs::path kept_path(const fs::path& folder, std::size_t number) {
  return folder / (std::to_string(number) + ".old");
}

StagedFile stage_file(const fs::path& folder, std::size_t number, const fs::path& target,
                      const StagedAttributes& attributes, const StagedContent& content) {
  const auto path = staged_path(folder, number);
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.get() < 0) throw_io_error(target, "write", errno);
  Hasher hasher;
  StagedFile staged;
  content([&](std::string_view piece) {
    hasher.update(piece);
    write_all(file.get(), piece, target);
    staged.size += piece.size();
  });
  staged.hash = hasher.finish_for_record();
  take_over_attributes(file.get(), attributes, target);
  struct stat status {};
  if (::fsync(file.get()) != 0) throw_io_error(target, "sync", errno);
  if (::fstat(file.get(), &status) != 0) throw_io_error(target, "stat", errno);
  staged.mode = status.st_mode & 07777U;
  staged.stamp = stamp_of(status);
  return staged;
}

StagedFile stage_link(const fs::path& folder, std::size_t number, const fs::path& target,
                      const std::string& link, const StagedAttributes& attributes) {
  const auto path = staged_path(folder, number);
  if (::symlink(link.c_str(), path.c_str()) != 0) throw_io_error(target, "write", errno);
  const auto times = times_of(attributes.mtime_ns.value_or(0));
  if (::lchown(path.c_str(), attributes.user, attributes.group) != 0 && ::geteuid() == 0)
    throw_io_error(target, "set the owner", errno);
  if (attributes.mtime_ns && ::utimensat(AT_FDCWD, path.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0)
    throw_io_error(target, "set the time", errno);
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) throw_io_error(target, "stat", errno);
  StagedFile staged;
  staged.stamp = stamp_of(status);
  return staged;
}

void sync_folder(const fs::path& folder) {
  const Descriptor open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (open.get() < 0) throw_io_error(folder, "open", errno);
  if (::fsync(open.get()) != 0) throw_io_error(folder, "sync", errno);
}

void clear_staging(const fs::path& folder) noexcept {
  std::error_code failure;
  for (fs::directory_iterator item(folder, failure), end; !failure && item != end; item.increment(failure))
    if (item->path().extension() == ".new" || item->path().extension() == ".old" ||
        item->path().filename() == "journal.tmp")
      ::unlink(item->path().c_str());
}

}  // namespace wheelfix
