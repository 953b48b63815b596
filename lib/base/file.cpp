#include "base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <iterator>
#include <system_error>
#include <utility>

namespace wheelfix {

namespace {

const char* hint_for(int error) {
  switch (error) {
    case ENOENT:
      return "check the spelling and the folder";
    case EACCES:
    case EPERM:
    case EROFS:
      return "check the permissions of the file and of its folder";
    case EISDIR:
      return "give a file, not a folder";
    case ENOTDIR:
      return "a part of the path is a file, not a folder";
    case EFBIG:
      return "the limit on the size of files is too low: see `ulimit -f`";
    case ENOSPC:
    case EDQUOT:
      return "free some space, or write to another disk";
    case EMFILE:
    case ENFILE:
      return "the limit on open files is too low: see `ulimit -n`";
    default:
      return "";
  }
}

constexpr auto hint_to_wait = "run it again when the file is complete";

struct stat stat_of(int fd, const std::filesystem::path& path) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw_io_error(path, "stat", errno);
  return status;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

int Descriptor::release() noexcept {
  return std::exchange(fd_, -1);
}

FileStamp stamp_of(const struct stat& status) {
  return {static_cast<std::uint64_t>(status.st_size),
          status.st_mtim.tv_sec * std::int64_t{1'000'000'000} + status.st_mtim.tv_nsec, status.st_ino};
}

SystemError::SystemError(const std::filesystem::path& path, const char* verb, int number)
    : Error(ErrorCode::io, path.string(),
            fmt::format("cannot {}: {}", verb, std::generic_category().message(number)), hint_for(number)),
      number_(number) {}

bool SystemError::is_of_the_run() const noexcept {
  return number_ == EMFILE || number_ == ENFILE || number_ == ENOMEM;
}

void throw_io_error(const std::filesystem::path& path, const char* verb, int error) {
  throw SystemError(path, verb, error);
}

void throw_changed(const std::filesystem::path& path) {
  throw Error(ErrorCode::io, path.string(), "changed while it was read", hint_to_wait);
}

File::File(Descriptor descriptor, std::filesystem::path path)
    : descriptor_(std::move(descriptor)), path_(std::move(path)) {
  const auto status = stat_of(descriptor_.get(), path_);
  if (S_ISDIR(status.st_mode)) throw_io_error(path_, "read", EISDIR);
  if (!S_ISREG(status.st_mode))
    throw Error(ErrorCode::io, path_.string(), "is not a regular file", "save it to a file first");
  stamp_ = stamp_of(status);
}

File File::open(const std::filesystem::path& path) {
  Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (descriptor.get() < 0) throw_io_error(path, "open", errno);
  return File(std::move(descriptor), path);
}

File File::from_descriptor(int fd, const std::filesystem::path& path) {
  Descriptor descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (descriptor.get() < 0) throw_io_error(path, "open", errno);
  return File(std::move(descriptor), path);
}

File File::from_descriptor(int fd, const std::filesystem::path& path,
                           std::shared_ptr<const SharedBlocks> shared) {
  auto file = from_descriptor(fd, path);
  file.shared_ = std::move(shared);
  return file;
}

File::Place File::place(std::uint64_t offset, std::uint64_t size) const noexcept {
  if (shared_) {
    const auto& ranges = shared_->ranges;
    const auto after = std::ranges::upper_bound(ranges, offset, {}, &SharedBlocks::Range::begin);
    if (after != ranges.begin()) {
      const auto& range = *std::prev(after);
      const auto skipped = offset - range.begin;
      if (skipped <= range.size && size <= range.size - skipped)
        return {shared_->other->get(), range.offset + skipped};
    }
  }
  return {fd(), offset};
}

void File::read(std::uint64_t offset, char* buffer, std::size_t size) const {
  const auto begin = place(offset, size);
  const auto shift = begin.offset - offset;
  while (size > 0) {
    const auto count = ::pread(begin.fd, buffer, size, static_cast<off_t>(offset + shift));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_io_error(path_, "read", errno);
    if (count == 0)
      throw Error(ErrorCode::io, path_.string(),
                  fmt::format("ends at offset {}, in the middle of a read", offset));
    buffer += count;
    offset += static_cast<std::uint64_t>(count);
    size -= static_cast<std::size_t>(count);
  }
}

std::string File::read(std::uint64_t offset, std::size_t size) const {
  std::string bytes(size, '\0');
  read(offset, bytes.data(), size);
  return bytes;
}

bool File::is_same_file(const std::filesystem::path& other) const {
  struct stat theirs {};
  if (::stat(other.c_str(), &theirs) != 0) return false;
  const auto ours = stat_of(fd(), path_);
  return ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

bool File::was_written_to() const {
  return stamp_of(stat_of(fd(), path_)) != stamp_;
}

void File::require_unchanged() const {
  if (was_written_to()) throw_changed(path_);
  if (!is_same_file(path_))
    throw Error(ErrorCode::io, path_.string(), "was replaced or removed while it was read", hint_to_wait);
}

void write_all(int fd, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const auto count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_io_error(path, "write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string read_file(const std::filesystem::path& path, std::uint64_t max_size, std::string hint) {
  const File file = File::open(path);
  if (file.size() > max_size)
    throw Error(ErrorCode::limit_exceeded, path.string(),
                fmt::format("has {} bytes, more than {}", file.size(), max_size), std::move(hint));
  return file.read(0, static_cast<std::size_t>(file.size()));
}

bool is_folder(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

bool is_executable_file(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0;
}

std::string environment_variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace wheelfix
