#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/file.hpp"

namespace wheelfix {

enum class Existing { refuse, replace };
enum class Durability { none, sync };

/// A new file that is there whole or not at all. It is written without a name (O_TMPFILE) in its
/// destination's folder, so that nothing is left even by SIGKILL; where the file system has no such files, as
/// a hidden sibling that the destructor removes. `commit` gives it its name in one step. Mode is 0666 less
/// the umask, as any new file's.
class AtomicFile {
 public:
  enum class Temporary { unnamed_if_possible, named };  ///< `named` is for tests of the fallback

  /// The destination's folder must be there. Throws Error{io}, or Error{output_exists} where the destination
  /// is there and is not to be replaced (checked again by commit).
  AtomicFile(std::filesystem::path destination, Existing existing,
             Temporary temporary = Temporary::unnamed_if_possible);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  std::uint64_t size() const noexcept { return size_; }
  const std::filesystem::path& destination() const noexcept { return destination_; }

  void append(std::string_view bytes);
  /// Appends `length` bytes of `source` from `offset`; `copied` is told of each piece, from any thread, and
  /// may throw. By copy_file_range where both offsets lie alike in their blocks, so that a file system can
  /// share them. Else by pread and pwrite on `jobs` threads, whose reads and writes overlap: the kernel's
  /// copy of unaligned ranges goes page by page (0.27 s for torch's 670 MB on ext4, a buffer on one thread
  /// and `cp` 0.18 s).
  void append_from(const File& source, std::uint64_t offset, std::uint64_t length, unsigned jobs,
                   const std::function<void(std::uint64_t)>& copied);

  /// What has been written so far, for reading back.
  File reopen() const;

  /// Gives the file its name. With Durability::sync, file and folder are on disk when it returns.
  void commit(Durability durability);

 private:
  void append_in_kernel(const File& source, std::uint64_t& offset, std::uint64_t& length,
                        const std::function<void(std::uint64_t)>& copied);
  void link_unnamed();
  void rename_named();
  [[noreturn]] void refuse_existing() const;

  std::filesystem::path destination_;
  std::filesystem::path temporary_;  ///< empty while the file has no name
  Existing existing_;
  Descriptor descriptor_;
  std::uint64_t size_ = 0;
};

}  // namespace wheelfix
