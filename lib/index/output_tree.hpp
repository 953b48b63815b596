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

/// The output folder, and how files come into it so that a reader never sees half of one. Safe from many
/// threads.
///
/// A project that is new is made whole in a hidden staging folder beside, without further care, and gets its
/// name by one rename (`publish`). In a project that is there a file that differs is written in the staging
/// folder and renamed over the old one; one that doesn't is left alone. A run that fails or is killed leaves
/// the staging folder, which tells the next one to look at all that lies there.
/// The floor for 2,000 wheels of 50 kB in as many projects is to read and hash 100 MB, and to make 2,000
/// folders, 2,000 links and 6,000 files; all of it took 0.6 times as long as `sha256sum` of the wheels, on
/// two busy cores into tmpfs (in processor time 0.9 times). Rejected: AtomicFile (O_TMPFILE, linkat) for each
/// file, which costs 1.2 to 1.6 times a plain one; fsync. ext4 is many times slower at making files for some
/// minutes after as many were removed (it passes over inodes that were freed recently), whoever makes them.
/// In check mode nothing is written, and what would be is told all the same.
class OutputTree {
 public:
  enum class Mode { write, check };
  static constexpr const char* staging_name = ".wheelfix-index.new";

  /// The folder is there, or it is to be checked what would be made. Nobody else writes to it meanwhile
  /// (FolderLock). Throws Error{io}.
  OutputTree(std::filesystem::path folder, Mode mode);
  OutputTree(const OutputTree&) = delete;
  OutputTree& operator=(const OutputTree&) = delete;
  ~OutputTree();

  const std::filesystem::path& folder() const { return folder_; }
  /// An earlier run didn't come to its end (`finish`).
  bool was_interrupted() const { return was_interrupted_; }
  /// Projects' folders that were there at the beginning. Listed when it is first asked for.
  const std::set<std::string, std::less<>>& projects() const;

  /// A file's bytes; nothing if there is none. `project` is empty for the output folder itself, here and
  /// below.
  std::optional<std::string> read(const std::string& project, const std::string& name) const;
  /// What a symlink says; empty if there is none.
  std::string read_link(const std::string& project, const std::string& name) const;
  /// The names in a project's folder.
  std::vector<std::string> names(const std::string& project) const;

  /// Each of these returns whether there was anything to do.
  bool write(const std::string& project, const std::string& name, std::string_view bytes);
  /// The same, but throws Error{output_exists} if a page is in the way that wheelfix-index didn't write.
  bool write_page(const std::string& project, const std::string& name, std::string_view bytes);
  /// Throws what write_page throws, before there is anything to write.
  void check_page(const std::string& project, const std::string& name) const;

  /// The files that links lead to.
  struct Source {
    std::filesystem::path folder;
    LinkKind kind;
    std::string prefix;  ///< of a symlink, before the file's name
  };
  /// Links, or copies, a file into its project. What is in the way is replaced if it is a symlink, the same
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

  /// What changes when a project's folder or its pages are changed by others: inodes, times and sizes. Empty
  /// if something misses.
  std::string seal(const std::string& project) const;

 private:
  /// Where a file goes: a path from an open folder. Nothing can be there if it `is_new`.
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
  Descriptor root_;  ///< none if the folder misses, in check mode
  Descriptor staging_;
  std::once_flag staging_made_;
  std::atomic<unsigned> temporaries_{0};
  mutable std::once_flag listed_;
  mutable std::set<std::string, std::less<>> projects_;
};

}  // namespace wheelfix
