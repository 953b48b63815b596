#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>
#include <wheelfix/applied_changes.hpp>
#include <wheelfix/site.hpp>

#include "base/finding_sink.hpp"
#include "site/journal.hpp"
#include "site/staging.hpp"

namespace wheelfix {

/// A file of a distribution, and what becomes of it.
struct FileWork {
  std::string path;  ///< relative to the folder of packages
  std::filesystem::path target;
  bool is_there = true;  ///< it is replaced or removed; else it is new
  bool is_removed = false;
  StagedContent content = {};                       ///< of the new file
  std::optional<StagedAttributes> attributes = {};  ///< of the new file; nothing: those of the old one
  std::string link = {};                            ///< if the new one is a symlink: its target
  /// Written after the others, in order, because its content has their hashes.
  bool is_last = false;
  /// Set by SiteChange::look.
  std::optional<AppliedState> before = {};
  std::optional<FileStamp> stamp_before = {};
  /// Set by SiteChange::stage.
  std::optional<StagedFile> staged = {};
};

/// What is to become of one distribution. The wheel must outlive it.
class SiteChange {
 public:
  explicit SiteChange(const Wheel& wheel);
  SiteChange(const SiteChange&) = delete;
  SiteChange& operator=(const SiteChange&) = delete;
  virtual ~SiteChange() = default;

  std::vector<FileWork> files;

  const Wheel& wheel() const { return wheel_; }
  const std::string& record_path() const { return record_path_; }

  /// Reads what is there. Safe from many threads for different files.
  void look(FileWork& work) const;
  /// Compares what is there with what should be. May add files. Throws Error{bad_wheel} unless `force`.
  virtual void compare(bool force) = 0;
  /// Writes the new file. Safe from many threads for different files.
  void stage(FileWork& work, const std::filesystem::path& folder, std::size_t number) const;
  virtual CommittedEdit result() = 0;

 protected:
  /// A new file, or one to be replaced or removed if there is one.
  FileWork work_for(const std::string& path) const;
  /// Those of the file that is there, of a symlink those of what it leads to.
  static StagedAttributes old_attributes(const FileWork& work);
  /// Called when a file is staged.
  virtual void check_staged(const FileWork&) const {}

  const Wheel& wheel_;
  const std::filesystem::path site_;
  const std::string record_path_;
  FindingSink notes_;
};

}  // namespace wheelfix
