#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/file.hpp"

namespace wheelfix {

enum class Existing { refuse, replace };
enum class Durability { none, sync };

/// Throws Error{output_exists} if there is something of that name, a symlink to nowhere too.
void require_no_file(const std::filesystem::path& path, std::string hint = "use --overwrite to replace it");

/// A new file that is there whole or not at all. It is written without a name (O_TMPFILE) in its
/// destination's folder, so that nothing is left even by SIGKILL; if the file system has no such files, as
/// a hidden sibling that the destructor removes. `commit` gives it its name in one step. Its mode is 0666
/// less the umask, as for any new file.
///
/// A file that it replaces changes places with it in one step (RENAME_EXCHANGE) and stays beside it, hidden,
/// until `keep`: a caller that has to name several files, or to announce them first, can still fail, and then
/// the old files come back. A process that is killed in between leaves each file old or new, and whole, and a
/// hidden sibling, which nothing reads. If a file system can't exchange, the old file gets a second name
/// first, or, if it can't have two, is moved aside.
class AtomicFile {
 public:
  using Copied = std::function<void(std::uint64_t)>;
  enum class Temporary { unnamed_if_possible, named };  ///< `named` is for tests of the fallback

  /// The destination's folder must exist. Throws Error{io}, or Error{output_exists} if the destination
  /// exists and is not to be replaced, or is not a file (checked again by publish).
  AtomicFile(std::filesystem::path destination, Existing existing,
             Temporary temporary = Temporary::unnamed_if_possible);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  std::uint64_t size() const noexcept { return size_; }
  const std::filesystem::path& destination() const noexcept { return destination_; }

  void append(std::string_view bytes);
  /// Appends `length` bytes of `source` from `offset`; calls `copied` for each piece, from any thread, and it
  /// may throw. size() doesn't grow while `copied` is called.
  ///
  /// If both offsets are the same modulo the size of the file system's blocks, whole blocks are shared with
  /// the source where that is possible (btrfs, XFS), which takes no time and no space; a remote file system
  /// has its server copy them. All else is read and written on `jobs` threads, whose reads and writes
  /// overlap. For torch's 670 MB on ext4, where `cp` takes 0.19 s, that is 0.09 s on two threads; 0.12 s if
  /// room isn't reserved first, or if pieces end within a page of the new file, 0.17 s if both. Rejected: the
  /// kernel's copy (copy_file_range), which takes 0.18 s, and goes page by page where offsets differ (0.28
  /// s), and mapped windows of the source (0.16 to 0.8 s).
  void append_from(const File& source, std::uint64_t offset, std::uint64_t length, unsigned jobs,
                   const Copied& copied);

  /// What has been written so far, for reading back. Blocks that are shared with the first source are read
  /// there.
  File reopen() const;

  /// Gives the file its name, until the destructor removes it and restores what was there (unless another run
  /// has put its own file there meanwhile). With Durability::sync, file and folder are on disk when it
  /// returns.
  void publish(Durability durability);
  /// Keeps the name that the file was given, and removes what was there.
  void keep() noexcept;
  /// Both.
  void commit(Durability durability);

 private:
  void append_in_kernel(const File& source, std::uint64_t& offset, std::uint64_t& length,
                        const Copied& copied);
  void reserve(std::uint64_t length);
  bool share(const File& source, std::uint64_t offset, std::uint64_t length);
  std::uint64_t copy_range(const File& source, std::uint64_t offset, std::uint64_t length) const;
  bool try_link(const std::filesystem::path& name) const;
  std::filesystem::path free_sibling(const std::function<bool(const std::filesystem::path&)>& take) const;
  void name_unnamed();
  void rename_named();
  void replace_old();
  void replace_kept_aside();
  void take_back() noexcept;
  void refuse_no_file() const;
  [[noreturn]] void refuse_existing() const;

  std::filesystem::path destination_;
  std::filesystem::path temporary_;  ///< a hidden sibling to be removed, if any: this file, or the old one
  bool is_published_ = false;        ///< and not kept yet
  Existing existing_;
  Descriptor descriptor_;
  std::uint64_t size_ = 0;
  FileStamp source_;     ///< of the first file that blocks are shared with
  SharedBlocks shared_;  ///< with it
};

}  // namespace wheelfix
