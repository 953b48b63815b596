#pragma once

#include <sys/types.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <wheelfix/index.hpp>

#include "base/file.hpp"
#include "index/scan.hpp"

namespace wheelfix {

/// What a symlink in a project's folder of `output` has before the name of a file in `folder`. Made of both
/// without symlinks, because the kernel follows `..` in the real tree.
std::string link_prefix(const std::filesystem::path& folder, const std::filesystem::path& output);

/// The output folder, in which a reader never sees half of a file. Safe from many threads.
///
/// A new project is made in a hidden staging folder next to the others, and gets its name by one rename
/// (`publish`). In an existing project a file that differs is written in the staging folder and renamed over
/// the old one; other files are left alone. A run that fails or is killed leaves the staging folder, so that
/// the next one checks everything. The floor for 2,000 wheels of 50 kB in as many projects is to read and
/// hash 100 MB, and to make 2,000 folders, 2,000 links and 6,000 files; all of it took 0.6 times as long as
/// `sha256sum` of the wheels, on two busy cores into tmpfs (in processor time 0.9 times). Rejected:
/// AtomicFile (O_TMPFILE, linkat) for each file, which costs 1.2 to 1.6 times a plain one; fsync. ext4 is
/// many times slower at making files for some minutes after as many were removed (it skips inodes that were
/// freed recently), for every program. In check mode nothing is written, but the changes are reported.
class OutputTree {
 public:
  enum class Mode { write, check };
  static constexpr const char* staging_name = ".wheelfix-index.new";

  /// The folder must exist, except in check mode. Nobody else writes to it meanwhile (FolderLock). Throws
  /// Error{io}.
  OutputTree(std::filesystem::path folder, Mode mode);
  OutputTree(const OutputTree&) = delete;
  OutputTree& operator=(const OutputTree&) = delete;
  ~OutputTree();

  const std::filesystem::path& folder() const { return folder_; }
  /// An earlier run didn't reach its end (`finish`).
  bool was_interrupted() const { return was_interrupted_; }
  /// Projects' folders that existed at the beginning. Listed at the first call.
  const std::set<std::string, std::less<>>& projects() const;

  /// A file's bytes; nothing if there is none. `project` is empty for the output folder itself, here and
  /// below.
  std::optional<std::string> read(const std::string& project, const std::string& name) const;
  /// The target of a symlink; empty if there is none.
  std::string read_link(const std::string& project, const std::string& name) const;
  /// The names in a project's folder.
  std::vector<std::string> names(const std::string& project) const;

  /// Each of these returns whether there was anything to do.
  bool write(const std::string& project, const std::string& name, std::string_view bytes);
  /// The same, but throws Error{output_exists} if there is a page that wheelfix-index didn't write.
  bool write_page(const std::string& project, const std::string& name, std::string_view bytes);
  /// Throws what write_page would throw, before there is anything to write.
  void check_page(const std::string& project, const std::string& name) const;

  /// The files that links lead to.
  struct Source {
    std::filesystem::path folder;
    LinkKind kind;
    std::string prefix;  ///< of a symlink, before the file's name
  };
  /// Links, or copies, a file into its project. An existing one is replaced if it is a symlink, the same
  /// file, a copy of it, or `is_ours`; else throws Error{output_exists}.
  bool link(const Source& source, const std::string& project, const std::string& name, const FileStamp& stamp,
            bool is_ours);

  /// Gives a new project its name, once all is in it.
  void publish(const std::string& project);

  enum class Removable { symlink, link_or_file, our_page };
  /// Removes a file if it is there and of that kind.
  bool remove(const std::string& project, const std::string& name, Removable kind);
  /// Removes a project's folder if nothing is left in it.
  void remove_folder(const std::string& project);

  /// Ends a run: all is in place, and the cache knows it.
  void finish();

  /// What changes when others change a project's folder or its pages: inodes, times and sizes. Empty if
  /// something is missing.
  std::string seal(const std::string& project) const;

 private:
  /// Where a file goes: a path from an open folder. Nothing can exist there if it `is_new`.
  struct Place {
    int folder;
    std::string path;
    bool is_new;
  };
  Place place(const std::string& project, const std::string& name);
  bool is_check() const { return mode_ == Mode::check; }
  int staging();
  std::string temporary_name();
  void create(int folder, const std::string& path, std::string_view bytes) const;
  void move_to(const std::string& temporary, const Place& place);
  bool replace(const Place& place, const std::optional<std::string>& existing, std::string_view bytes);
  bool is_in_place(const Source& source, const Place& place, const std::string& name, const FileStamp& stamp,
                   bool is_ours) const;
  void make_link(const Source& source, int folder, const std::string& path, const std::string& name) const;
  [[noreturn]] void refuse_page(const std::string& path) const;
  [[noreturn]] void refuse(const std::string& path, const std::string& hint) const;

  std::filesystem::path folder_;
  Mode mode_;
  bool was_interrupted_ = false;
  Descriptor root_;  ///< empty if the folder is missing, in check mode
  Descriptor staging_;
  std::once_flag staging_made_;
  std::atomic<unsigned> temporaries_{0};
  mutable std::once_flag listed_;
  mutable std::set<std::string, std::less<>> projects_;
};

}  // namespace wheelfix
