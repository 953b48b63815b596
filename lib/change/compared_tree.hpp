#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <wheelfix/edit.hpp>

namespace wheelfix {

/// The file of a folder to edit that says what the folder was made from. No comparison looks at it.
inline constexpr std::string_view edit_record_name = ".wheelfix-edit.toml";

/// The folders of a wheel that have its version in their names, which differ in a wheel of another version.
struct VersionedFolders {
  std::string dist_info;
  std::string data_dir;

  static VersionedFolders of(const Wheel& wheel);
  /// A path of a tree with the folders `from` as it is in one with the folders `to`.
  static std::string renamed(const std::string& path, const VersionedFolders& from,
                             const VersionedFolders& to);
};

/// One side of a comparison: files by the paths that the wheel on the first side has or would have for them.
class ComparedTree {
 public:
  virtual ~ComparedTree() = default;
  virtual std::set<std::string> paths() const = 0;
  virtual std::string read(const std::string& path) const = 0;
  /// Throws Error{limit_exceeded} for what can't be held in memory.
  virtual void require_in_memory(const std::string&, std::uint64_t) const {}
  /// Permission bits, 0 if they aren't known.
  virtual unsigned mode(const std::string& path) const = 0;
  /// False for a path of the other side that this one wouldn't have in any case, or doesn't look at.
  virtual bool may_have(const std::string&) const { return true; }
  /// Where a file is on this machine; empty for an entry of an archive.
  virtual std::filesystem::path file(const std::string&) const { return {}; }
};

/// A wheel, or what is installed, as edited, by its own paths.
class WheelTree : public ComparedTree {
 public:
  WheelTree(WheelEdit edit, VersionedFolders names) : edit_(std::move(edit)), names_(std::move(names)) {}

  std::set<std::string> paths() const override;
  std::string read(const std::string& path) const override { return edit_.read(own_path(path)); }
  void require_in_memory(const std::string& path, std::uint64_t max_size) const override;
  unsigned mode(const std::string& path) const override;
  std::string own_path(const std::string& path) const;

 private:
  WheelEdit edit_;
  VersionedFolders names_;
};

/// A folder that a wheel was unpacked to and edited in.
class FolderTree : public ComparedTree {
 public:
  enum class Modes { kept, lost };  ///< `lost`: by a file system that has no permissions

  /// Throws Error{bad_wheel} for a folder without a .dist-info folder.
  FolderTree(std::filesystem::path folder, VersionedFolders names);
  /// One whose folders are named as those of the wheel are.
  FolderTree(std::filesystem::path folder, VersionedFolders names, Modes modes);

  std::set<std::string> paths() const override;
  std::string read(const std::string& path) const override;
  unsigned mode(const std::string& path) const override;
  bool may_have(const std::string& path) const override;
  std::filesystem::path file(const std::string& path) const override;

 private:
  std::filesystem::path folder_;
  VersionedFolders names_, own_;
  Modes modes_ = Modes::kept;
};

/// Whether a file that the wheel doesn't have was left by Python, an editor, a version control system or a
/// tool that checks code.
bool is_left_over(std::string_view path);

}  // namespace wheelfix
