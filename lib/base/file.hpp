#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/byte_source.hpp"

namespace wheelfix {

/// An open file descriptor, closed at the end.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  int get() const noexcept { return fd_; }
  int release() noexcept;

 private:
  int fd_ = -1;
};

/// A regular file opened for reading. Read with pread, so that threads share it; never mapped, for mapped
/// pages count as memory.
class File {
 public:
  /// Throws Error{io} where it can't be opened, or is no regular file.
  static File open(const std::filesystem::path& path);
  /// Another view of an open file, named `path` in errors. `fd` is duplicated.
  static File from_descriptor(int fd, const std::filesystem::path& path);

  const std::filesystem::path& path() const noexcept { return path_; }
  std::uint64_t size() const noexcept { return size_; }
  int fd() const noexcept { return descriptor_.get(); }

  /// Exactly `size` bytes from `offset`. Throws Error{io} for a failed read and for a file that ends before
  /// (it shrank: checked by size()).
  void read(std::uint64_t offset, char* buffer, std::size_t size) const;
  std::string read(std::uint64_t offset, std::size_t size) const;

  /// The same inode, whatever the names.
  bool is_same_file(const std::filesystem::path& other) const;

 private:
  File(Descriptor descriptor, std::filesystem::path path);

  Descriptor descriptor_;
  std::filesystem::path path_;
  std::uint64_t size_ = 0;
};

/// A file read by ranges. It must outlive this.
class FileBytes : public ByteSource {
 public:
  explicit FileBytes(const File& file) : file_(file) {}
  std::uint64_t size() const override { return file_.size(); }

 private:
  std::string fetch(std::uint64_t offset, std::uint64_t count) override {
    return file_.read(offset, static_cast<std::size_t>(count));
  }

  const File& file_;
};

/// A whole file. Throws Error{io}.
std::string read_file(const std::filesystem::path& path);

/// Throws Error{io}: `path: cannot VERB: strerror(error)`, with a hint for a full disk, a missing folder or
/// missing permission.
[[noreturn]] void throw_io_error(const std::filesystem::path& path, const char* verb, int error);

}  // namespace wheelfix
