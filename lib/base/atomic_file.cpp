#include "base/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <wheelfix/error.hpp>

#include "base/workers.hpp"

namespace wheelfix {

namespace {

constexpr std::uint64_t portion_size = 64 << 20;
// By 512 KiB, Linux 6.18 may take five times as long on ext4.
constexpr std::uint64_t buffer_size = 256 << 10;
constexpr std::uint64_t least_block_size = 4096;
constexpr std::uint64_t least_shared = 64 << 10;  // less is written as fast as it is shared
constexpr std::uint64_t least_reserved = 1 << 20;

constexpr std::uint64_t rounded_down(std::uint64_t offset, std::uint64_t unit) {
  return offset - offset % unit;
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : ".";
}

/// A sibling's name that no other run takes: hidden, so that indexes and globs skip it.
std::filesystem::path sibling_of(const std::filesystem::path& file, int attempt) {
  return folder_of(file) / fmt::format(".{}.{}.{}.tmp", file.filename().string(), ::getpid(), attempt);
}

void write_at(int fd, std::uint64_t offset, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const auto count = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_io_error(path, "write", errno);
    offset += static_cast<std::uint64_t>(count);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

struct FileSystem {
  std::uint64_t block_size = least_block_size;
  bool is_remote = false;  ///< so that its server may copy files itself
};

FileSystem file_system_of(int fd) {
  struct statfs status {};
  if (::fstatfs(fd, &status) != 0) return {};
  constexpr std::array<std::uint32_t, 5> remote = {NFS_SUPER_MAGIC, SMB2_SUPER_MAGIC, CIFS_SUPER_MAGIC,
                                                   CEPH_SUPER_MAGIC, FUSE_SUPER_MAGIC};
  if (std::ranges::find(remote, static_cast<std::uint32_t>(status.f_type)) != remote.end())
    return {.is_remote = true};
  return {.block_size = std::max(least_block_size, static_cast<std::uint64_t>(status.f_bsize))};
}

void sync(int fd, const std::filesystem::path& path) {
  if (::fsync(fd) != 0) throw_io_error(path, "sync", errno);
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path destination, Existing existing, Temporary temporary)
    : destination_(std::move(destination)), existing_(existing) {
  std::error_code failure;
  if (existing_ == Existing::refuse && std::filesystem::exists(destination_, failure)) refuse_existing();
  refuse_no_file();
  // Without /proc an unnamed file can't be given a name.
  if (temporary == Temporary::unnamed_if_possible && ::access("/proc/self/fd", X_OK) == 0) {
    descriptor_ = Descriptor(::open(folder_of(destination_).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0666));
    if (descriptor_.get() >= 0) return;
  }
  temporary_ = free_sibling([this](const auto& name) {
    descriptor_ = Descriptor(::open(name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666));
    return descriptor_.get() >= 0;
  });
}

void require_no_file(const std::filesystem::path& path, std::string hint) {
  std::error_code failure;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, failure)))
    throw Error(ErrorCode::output_exists, path.string(), "exists already", std::move(hint));
}

AtomicFile::~AtomicFile() {
  if (is_published_)
    take_back();
  else if (!temporary_.empty())
    ::unlink(temporary_.c_str());
}

/// The first sibling's name that can be taken.
std::filesystem::path AtomicFile::free_sibling(
    const std::function<bool(const std::filesystem::path&)>& take) const {
  constexpr int attempts = 100;
  for (int attempt = 0;; ++attempt) {
    auto name = sibling_of(destination_, attempt);
    if (take(name)) return name;
    if (errno != EEXIST || attempt == attempts) throw_io_error(destination_, "write", errno);
  }
}

void AtomicFile::refuse_existing() const {
  throw Error(ErrorCode::output_exists, destination_.string(), "exists already",
              "use --overwrite to replace it, or another --dest-dir");
}

/// A symlink is replaced itself.
void AtomicFile::refuse_no_file() const {
  std::error_code failure;
  const auto status = std::filesystem::symlink_status(destination_, failure);
  if (!std::filesystem::exists(status) || is_regular_file(status) || is_symlink(status)) return;
  throw Error(
      ErrorCode::output_exists, destination_.string(),
      is_directory(status) ? "is a folder, which a file can't replace" : "exists, and is not a regular file",
      "move it away, or write to another folder");
}

void AtomicFile::append(std::string_view bytes) {
  write_at(descriptor_.get(), size_, bytes, destination_);
  size_ += bytes.size();
}

void AtomicFile::append_from(const File& source, std::uint64_t offset, std::uint64_t length, unsigned jobs,
                             const Copied& copied) {
  if (length >= least_shared) append_in_kernel(source, offset, length, copied);
  reserve(length);
  while (length > 0) {
    const auto begin = size_;
    const auto end = std::min(begin + length, rounded_down(begin + portion_size, portion_size));
    const auto first = rounded_down(begin, buffer_size);
    const auto pieces = (end - first + buffer_size - 1) / buffer_size;
    for_each_parallel(static_cast<std::size_t>(pieces), jobs, [&](std::size_t i) {
      const auto from = std::max(begin, first + i * buffer_size);
      const auto to = std::min(end, first + (i + 1) * buffer_size);
      thread_local std::string buffer;
      buffer.resize(static_cast<std::size_t>(to - from));
      source.read(offset + (from - begin), buffer.data(), buffer.size());
      write_at(descriptor_.get(), from, buffer, destination_);
      copied(buffer.size());
    });
    size_ = end;
    offset += end - begin;
    length -= end - begin;
  }
}

/// Has the file system find room for that many more bytes, if it can. Written block by block, they cost it
/// more time than the copy does.
void AtomicFile::reserve(std::uint64_t length) {
  if (length < least_reserved) return;
  const auto failed = ::fallocate(descriptor_.get(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(size_),
                                  static_cast<off_t>(length)) != 0;
  if (failed && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
    throw_io_error(destination_, "write", errno);
}

/// Removes from the range what the file system shares or copies itself: maybe nothing, for any reason.
void AtomicFile::append_in_kernel(const File& source, std::uint64_t& offset, std::uint64_t& length,
                                  const Copied& copied) {
  const auto system = file_system_of(descriptor_.get());
  if (offset % system.block_size != size_ % system.block_size) return;
  const auto take = [&](std::uint64_t size) {
    offset += size;
    length -= size;
    size_ += size;
    copied(size);
  };
  const auto before = std::min(length, (system.block_size - offset % system.block_size) % system.block_size);
  write_at(descriptor_.get(), size_, source.read(offset, static_cast<std::size_t>(before)), destination_);
  take(before);
  const auto whole = length / system.block_size * system.block_size;
  if (share(source, offset, whole)) take(whole);
  while (system.is_remote && length > 0) {
    const auto count = copy_range(source, offset, std::min(length, portion_size));
    if (count == 0) return;
    take(count);
  }
}

/// Whether a range of whole blocks of the source is now at the end of this file, too.
bool AtomicFile::share(const File& source, std::uint64_t offset, std::uint64_t length) {
  if (length == 0) return false;
  file_clone_range range{
      .src_fd = source.fd(), .src_offset = offset, .src_length = length, .dest_offset = size_};
  if (::ioctl(descriptor_.get(), FICLONERANGE, &range) != 0) return false;
  if (!shared_.other) {
    source_ = source.stamp();
    shared_.other = std::make_shared<const Descriptor>(::fcntl(source.fd(), F_DUPFD_CLOEXEC, 0));
  }
  if (source.stamp() == source_ && shared_.other->get() >= 0)
    shared_.ranges.push_back({.begin = size_, .size = length, .offset = offset});
  return true;
}

/// How much of a range the kernel has copied: 0 across file systems and if it can't.
std::uint64_t AtomicFile::copy_range(const File& source, std::uint64_t offset, std::uint64_t length) const {
  auto from = static_cast<off_t>(offset);
  auto to = static_cast<off_t>(size_);
  const auto count = ::copy_file_range(source.fd(), &from, descriptor_.get(), &to, length, 0);
  if (count < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
    throw_io_error(destination_, "write", errno);
  return static_cast<std::uint64_t>(std::max<ssize_t>(count, 0));
}

File AtomicFile::reopen() const {
  return File::from_descriptor(descriptor_.get(), destination_,
                               std::make_shared<const SharedBlocks>(shared_));
}

void AtomicFile::publish(Durability durability) {
  Descriptor folder;
  if (durability == Durability::sync) {
    folder = Descriptor(::open(folder_of(destination_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.get() < 0) throw_io_error(folder_of(destination_), "open", errno);
    sync(descriptor_.get(), destination_);
  }
  if (temporary_.empty()) name_unnamed();
  if (!is_published_) rename_named();
  if (durability == Durability::sync) sync(folder.get(), folder_of(destination_));
}

void AtomicFile::keep() noexcept {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_.clear();
  is_published_ = false;
}

void AtomicFile::commit(Durability durability) {
  publish(durability);
  keep();
}

bool AtomicFile::try_link(const std::filesystem::path& name) const {
  const auto self = fmt::format("/proc/self/fd/{}", descriptor_.get());
  return ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
}

/// Links the unnamed file to its destination, or, if that exists and is to be replaced, to a sibling for
/// rename_named.
void AtomicFile::name_unnamed() {
  is_published_ = try_link(destination_);
  if (is_published_) return;
  if (errno != EEXIST) throw_io_error(destination_, "write", errno);
  if (existing_ == Existing::refuse) refuse_existing();
  temporary_ = free_sibling([this](const auto& name) { return try_link(name); });
}

void AtomicFile::rename_named() {
  int status = ::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, destination_.c_str(), RENAME_NOREPLACE);
  if (status != 0 && errno == EEXIST && existing_ == Existing::replace) return replace_old();
  if (status != 0 && (errno == EINVAL || errno == ENOSYS)) {  // no RENAME_NOREPLACE on this file system
    if (std::filesystem::exists(destination_)) {
      if (existing_ == Existing::refuse) refuse_existing();
      return replace_old();
    }
    status = ::rename(temporary_.c_str(), destination_.c_str());
  }
  if (status != 0 && errno == EEXIST) refuse_existing();
  if (status != 0) throw_io_error(destination_, "rename", errno);
  temporary_.clear();
  is_published_ = true;
}

void AtomicFile::replace_old() {
  refuse_no_file();
  if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, destination_.c_str(), RENAME_EXCHANGE) == 0) {
    is_published_ = true;
  } else if (errno == EINVAL || errno == ENOSYS) {
    replace_kept_aside();
  } else if (errno == ENOENT) {  // gone again meanwhile
    rename_named();
  } else {
    throw_io_error(destination_, "rename", errno);
  }
}

void AtomicFile::replace_kept_aside() {
  bool is_moved = false;
  auto aside = free_sibling([&](const auto& name) {
    if (::link(destination_.c_str(), name.c_str()) == 0) return true;
    if (errno == EEXIST) return false;
    struct stat status {};
    if (::lstat(name.c_str(), &status) == 0) {  // it may be this file itself, which a move would replace
      errno = EEXIST;
      return false;
    }
    is_moved = ::rename(destination_.c_str(), name.c_str()) == 0;
    return is_moved;
  });
  if (::rename(temporary_.c_str(), destination_.c_str()) != 0) {
    const int error = errno;
    if (is_moved)
      ::rename(aside.c_str(), destination_.c_str());
    else
      ::unlink(aside.c_str());
    throw_io_error(destination_, "rename", error);
  }
  temporary_ = std::move(aside);
  is_published_ = true;
}

void AtomicFile::take_back() noexcept {
  struct stat there {
  }, ours{};
  const bool is_ours = ::lstat(destination_.c_str(), &there) == 0 && ::fstat(descriptor_.get(), &ours) == 0 &&
                       there.st_dev == ours.st_dev && there.st_ino == ours.st_ino;
  if (is_ours && !temporary_.empty()) {
    ::rename(temporary_.c_str(), destination_.c_str());
  } else {
    if (is_ours) ::unlink(destination_.c_str());
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }
}

}  // namespace wheelfix
