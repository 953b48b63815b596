#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/error.hpp>

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

/// What identifies a file as the one that was read before.
struct FileStamp {
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;  ///< since 1970, UTC
  std::uint64_t inode = 0;

  bool operator==(const FileStamp&) const = default;
};

FileStamp stamp_of(const struct stat& status);

/// Ranges of a file whose blocks are those of another file too, on file systems with reflinks.
struct SharedBlocks {
  struct Range {
    std::uint64_t begin = 0;
    std::uint64_t size = 0;
    std::uint64_t offset = 0;  ///< in the other file
  };

  std::shared_ptr<const Descriptor> other = {};
  std::vector<Range> ranges = {};  ///< in order
};

/// A regular file opened for reading. Read with pread, so that threads share it; never mapped, because mapped
/// pages count as memory.
class File {
 public:
  /// Throws Error{io} if it can't be opened, or isn't a regular file.
  static File open(const std::filesystem::path& path);
  /// Another view of an open file, named `path` in errors. `fd` is duplicated.
  static File from_descriptor(int fd, const std::filesystem::path& path);
  /// One that shares blocks with a file that is likely in memory, where this one is not yet: they are read
  /// there. That file must not be written to meanwhile.
  static File from_descriptor(int fd, const std::filesystem::path& path,
                              std::shared_ptr<const SharedBlocks> shared);

  const std::filesystem::path& path() const noexcept { return path_; }
  std::uint64_t size() const noexcept { return stamp_.size; }
  /// From when it was opened.
  const FileStamp& stamp() const noexcept { return stamp_; }
  int fd() const noexcept { return descriptor_.get(); }

  /// Exactly `size` bytes from `offset`. Throws Error{io} if the read fails, or the file ends before (it
  /// shrank: checked by size()).
  void read(std::uint64_t offset, char* buffer, std::size_t size) const;
  std::string read(std::uint64_t offset, std::size_t size) const;

  struct Place {
    int fd;
    std::uint64_t offset;
  };
  /// Where a range is read.
  Place place(std::uint64_t offset, std::uint64_t size) const noexcept;

  /// Whether it is the same inode, whatever the names.
  bool is_same_file(const std::filesystem::path& other) const;

  /// Since it was opened, by size and time: what was read may not be from one version of it.
  bool was_written_to() const;
  /// Throws Error{io} if it was written to, or its path now leads to another file or nowhere.
  void require_unchanged() const;

 private:
  File(Descriptor descriptor, std::filesystem::path path);

  Descriptor descriptor_;
  std::filesystem::path path_;
  FileStamp stamp_;
  std::shared_ptr<const SharedBlocks> shared_;  ///< null if there are none
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

/// Whether a path leads to a folder; false if that can't be known.
bool is_folder(const std::filesystem::path& path);
/// Whether it leads to a regular file that this process may execute.
bool is_executable_file(const std::filesystem::path& path);

/// A variable of this process's environment; empty if it isn't set.
std::string environment_variable(const char* name);

/// A whole file. Throws Error{io}, and Error{limit_exceeded} if it has more than `max_size` bytes.
std::string read_file(const std::filesystem::path& path,
                      std::uint64_t max_size = static_cast<std::uint64_t>(-1), std::string hint = {});

/// Writes at the descriptor's position; `path` is for errors. Throws Error{io}.
void write_all(int fd, std::string_view bytes, const std::filesystem::path& path);

/// The Error{io} of a failed system call.
class SystemError : public Error {
 public:
  SystemError(const std::filesystem::path& path, const char* verb, int number);

  /// Whether the process has no more files or memory to use, which says nothing about the file.
  bool is_of_the_run() const noexcept;

 private:
  int number_;  ///< as errno has it
};

/// Throws SystemError: `path: cannot VERB: strerror(error)`, with a hint for a full disk, a missing folder or
/// missing permission.
[[noreturn]] void throw_io_error(const std::filesystem::path& path, const char* verb, int error);
/// Error{io}: a file isn't the one any more that was read before.
[[noreturn]] void throw_changed(const std::filesystem::path& path);

}  // namespace wheelfix
