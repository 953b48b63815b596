#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <wheelfix/binary.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// What a loader finds in a file. Hard links of one file share one of these, so its address identifies the
/// file like device and inode.
struct FileContent {
  enum class Kind {
    library,     ///< `info` says what it is
    too_short,   ///< fewer bytes than the header of a library has
    no_library,  ///< something else, like a text
    damaged,     ///< begins like a library; `damage` says what is wrong
  };

  Kind kind = Kind::library;
  BinaryInfo info = {};
  std::string damage = {};
};

/// A folder or a file, by whatever symlinks it was reached.
class TreeNode {
 public:
  /// Its path, without symlinks, `.` and `..`. Joined from the names above it, because a tree of deep folders
  /// has many of them.
  std::string path() const;
  bool is_folder() const { return !content_; }
  /// Nothing for folders.
  const std::shared_ptr<const FileContent>& content() const { return content_; }

 private:
  friend class FileTree;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  std::string name_;  // empty for the root
  TreeNode* parent_ = nullptr;
  std::shared_ptr<const FileContent> content_;
  std::string link_;         // a symlink's target; then it is neither folder nor file
  bool is_missing_ = false;  // looked for in the source and not found
  bool from_source_ = false;
  std::unordered_map<std::string, std::unique_ptr<TreeNode>, Hash, std::equal_to<>> children_;
};

/// Where a FileTree looks for what was not added: the files of a machine, or those of a test. Paths are
/// absolute within the tree.
class FileSource {
 public:
  enum class Kind { missing, folder, file, symlink };
  struct Item {
    Kind kind = Kind::missing;
    std::string target = {};  ///< a symlink's
    /// Device and inode of a file.
    std::pair<std::uint64_t, std::uint64_t> identity = {};
  };

  virtual ~FileSource() = default;
  virtual Item look(const std::string& path) = 0;  ///< without following it
  virtual FileContent read(const std::string& path) = 0;
};

/// The files below a folder, which is the tree's `/`; symlinks don't lead out of it. What can't be read is
/// missing, or damaged.
std::shared_ptr<FileSource> files_below(const std::filesystem::path& root);

/// Absolute paths and what is there, for a simulation: nothing is on disk, unless there is a source. Looking
/// something up may ask the source and keep the answer, so a tree is for one thread at a time. Nodes keep
/// their address as long as the tree lives. Nodes and look-ups are limited to far more than any set of real
/// wheels needs: over that is Error{limit_exceeded}.
class FileTree {
 public:
  enum class NameCase {
    exact,
    folded,  ///< `A` is `a`, of ASCII letters alone: Windows
  };

  explicit FileTree(NameCase name_case = NameCase::exact, std::shared_ptr<FileSource> source = nullptr);
  FileTree(FileTree&&) noexcept;
  FileTree& operator=(FileTree&&) noexcept;
  ~FileTree();

  /// Each adds the folders above it too, and replaces what was there; paths are absolute, without `.`, `..`
  /// and symlinks among their folders.
  void add_folder(std::string_view path);
  void add_file(std::string_view path, std::shared_ptr<const FileContent> content);
  void add_library(std::string_view path, BinaryInfo info);
  void add_symlink(std::string_view path, std::string target);
  /// What the source's file of this device and inode is, so that it isn't read.
  void add_known(std::pair<std::uint64_t, std::uint64_t> identity,
                 std::shared_ptr<const FileContent> content);
  bool has_source() const { return source_ != nullptr; }

  /// What an absolute path leads to, through all symlinks. Null if nothing is there, a file is used as a
  /// folder, or symlinks lead in a circle (over 40 of them).
  const TreeNode* find(std::string_view path) const;
  /// The same for a name without `/` in a folder of this tree.
  const TreeNode* find_in(const TreeNode& folder, std::string_view name) const;
  /// Whether `A` is `a` here.
  bool folds_case() const { return name_case_ == NameCase::folded; }
  /// False if no folder has anything of this name, which a tree without a source knows at once.
  bool may_have(std::string_view name) const;
  /// Counts a look-up that was answered elsewhere.
  void count_question() const;

 private:
  TreeNode& place(std::string_view path);
  TreeNode* child(TreeNode& folder, std::string_view name) const;
  TreeNode* walk(TreeNode* start, std::string_view path, int& links) const;
  TreeNode* follow(TreeNode* node, int& links) const;
  std::unique_ptr<TreeNode> ask_source(const TreeNode& folder, std::string_view name) const;
  std::string key(std::string_view name) const;
  std::size_t hash_of(std::string_view name) const;

  struct [[gnu::visibility("hidden")]] Known;
  NameCase name_case_;
  std::shared_ptr<FileSource> source_;
  std::unique_ptr<Known> known_;  // contents of the source by device and inode
  std::unique_ptr<TreeNode> root_;
  std::unordered_set<std::size_t> name_hashes_;  // of what was added
  std::size_t added_ = 0;
  mutable std::uint64_t questions_ = 0;
};

}  // namespace wheelfix
#pragma GCC visibility pop
