#include "base/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <wheelfix/error.hpp>

#include "base/workers.hpp"

namespace wheelfix {

namespace {

constexpr std::uint64_t kernel_piece_size = 16 << 20;
constexpr std::uint64_t buffer_size = 512 << 10;
constexpr std::uint64_t block_size = 4096;

std::filesystem::path folder_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : ".";
}

/// A sibling's name that no other run takes: hidden, so that indexes and globs pass it over.
std::filesystem::path sibling_of(const std::filesystem::path& file, int attempt) {
  return folder_of(file) / fmt::format(".{}.{}.{}.tmp", file.filename().string(), ::getpid(), attempt);
}

void write_all(int fd, std::uint64_t offset, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const auto count = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_io_error(path, "write", errno);
    offset += static_cast<std::uint64_t>(count);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void sync(int fd, const std::filesystem::path& path) {
  if (::fsync(fd) != 0) throw_io_error(path, "sync", errno);
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path destination, Existing existing, Temporary temporary)
    : destination_(std::move(destination)), existing_(existing) {
  std::error_code failure;
  if (existing_ == Existing::refuse && std::filesystem::exists(destination_, failure)) refuse_existing();
  if (temporary == Temporary::unnamed_if_possible) {
    descriptor_ = Descriptor(::open(folder_of(destination_).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0666));
    if (descriptor_.get() >= 0) return;
  }
  for (int attempt = 0; descriptor_.get() < 0; ++attempt) {
    const auto name = sibling_of(destination_, attempt);
    descriptor_ = Descriptor(::open(name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666));
    if (descriptor_.get() >= 0) {
      temporary_ = name;
    } else if (errno != EEXIST || attempt == 100) {
      throw_io_error(destination_, "write", errno);
    }
  }
}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::refuse_existing() const {
  throw Error(ErrorCode::output_exists, destination_.string(), "exists already",
              "use --overwrite to replace it, or another --dest-dir");
}

void AtomicFile::append(std::string_view bytes) {
  write_all(descriptor_.get(), size_, bytes, destination_);
  size_ += bytes.size();
}

void AtomicFile::append_from(const File& source, std::uint64_t offset, std::uint64_t length, unsigned jobs,
                             const std::function<void(std::uint64_t)>& copied) {
  if (offset % block_size == size_ % block_size) append_in_kernel(source, offset, length, copied);
  const auto pieces = (length + buffer_size - 1) / buffer_size;
  for_each_parallel(static_cast<std::size_t>(pieces), jobs, [&](std::size_t i) {
    thread_local std::string buffer;
    buffer.resize(static_cast<std::size_t>(std::min(buffer_size, length - i * buffer_size)));
    source.read(offset + i * buffer_size, buffer.data(), buffer.size());
    write_all(descriptor_.get(), size_ + i * buffer_size, buffer, destination_);
    copied(buffer.size());
  });
  size_ += length;
}

/// Takes from the range what copy_file_range can do: all of it, or nothing across file systems and where a
/// kernel doesn't know it.
void AtomicFile::append_in_kernel(const File& source, std::uint64_t& offset, std::uint64_t& length,
                                  const std::function<void(std::uint64_t)>& copied) {
  while (length > 0) {
    auto from = static_cast<off_t>(offset);
    auto to = static_cast<off_t>(size_);
    const auto count =
        ::copy_file_range(source.fd(), &from, descriptor_.get(), &to, std::min(length, kernel_piece_size), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
      throw_io_error(destination_, "write", errno);
    if (count <= 0) return;
    const auto done = static_cast<std::uint64_t>(count);
    offset += done;
    length -= done;
    size_ += done;
    copied(done);
  }
}

File AtomicFile::reopen() const {
  return File::from_descriptor(descriptor_.get(), destination_);
}

void AtomicFile::commit(Durability durability) {
  Descriptor folder;
  if (durability == Durability::sync) {
    folder = Descriptor(::open(folder_of(destination_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.get() < 0) throw_io_error(folder_of(destination_), "open", errno);
    sync(descriptor_.get(), destination_);
  }
  if (temporary_.empty()) link_unnamed();
  if (!temporary_.empty()) rename_named();
  if (durability == Durability::sync) sync(folder.get(), folder_of(destination_));
}

/// Links the unnamed file to its destination, or, where that is there and is to be replaced, to a sibling for
/// rename_named.
void AtomicFile::link_unnamed() {
  const auto self = fmt::format("/proc/self/fd/{}", descriptor_.get());
  const auto link_to = [&](const std::filesystem::path& name) {
    return ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
  };
  if (link_to(destination_)) return;
  if (errno != EEXIST) throw_io_error(destination_, "write", errno);
  if (existing_ == Existing::refuse) refuse_existing();
  for (int attempt = 0; temporary_.empty(); ++attempt) {
    const auto name = sibling_of(destination_, attempt);
    if (link_to(name)) {
      temporary_ = name;
    } else if (errno != EEXIST || attempt == 100) {
      throw_io_error(destination_, "write", errno);
    }
  }
}

void AtomicFile::rename_named() {
  const unsigned flags = existing_ == Existing::refuse ? RENAME_NOREPLACE : 0;
  int status = ::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, destination_.c_str(), flags);
  if (status != 0 && errno == EINVAL &&
      !std::filesystem::exists(destination_)) {  // no RENAME_NOREPLACE on this file system
    status = ::rename(temporary_.c_str(), destination_.c_str());
  }
  if (status != 0 && errno == EEXIST) refuse_existing();
  if (status != 0) throw_io_error(destination_, "rename", errno);
  temporary_.clear();
}

}  // namespace wheelfix
