#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/limits.hpp>
#include <wheelfix/progress.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

enum class LockKind {
  requirements,  ///< requirements.txt as pip, pip-compile and `uv pip compile` have it
  pylock,        ///< pylock.toml, pylock.NAME.toml (PEP 751)
  uv,            ///< uv.lock, and SCRIPT.py.lock
};

std::string_view to_string(LockKind kind) noexcept;

/// A project's new version in a lock file.
struct LockChange {
  std::string project;  ///< normalised: `zope-interface`
  std::size_t line = 0;
  std::string old_version;
  std::string new_version;
  std::vector<std::string> wheels;  ///< file names, sorted
  /// Of the files that the lock file had, wheels and sdists, those for whose tags there is no new wheel:
  /// where one of these was installed, nothing can be installed now.
  std::vector<std::string> uncovered = {};
};

struct LockedFile {
  std::filesystem::path path;  ///< as given, or as a line `-r PATH` of another leads to it
  LockKind kind;
  bool is_changed = false;
  std::vector<LockChange> changes;  ///< in the order of the file
  std::string place;                ///< of the wheels, in a line that was added to it; or empty
  std::vector<std::string> warnings = {};
  /// Of a uv.lock: the lines that the project's pyproject.toml needs for uv to keep the change. Empty if it
  /// has them.
  std::string needed_settings = {};
};

struct LockReport {
  std::vector<LockedFile> files;  ///< those given and those that they include, in that order
};

struct LockOptions {
  /// Wheels, folders of wheels, and folders that wheelfix-index made. Only wheels whose version has a local
  /// label count, and of those for one public version the newest.
  std::vector<std::filesystem::path> wheels;
  /// The URL of an index that has the wheels; empty if installers are to take them from the folders.
  std::string index = {};
  /// Where that index has the files themselves, if not at INDEX/PROJECT/FILE.
  std::string base_url = {};
  bool is_check = false;  ///< find out what would change, and write nothing
  Limits limits = {};
  ProgressCallback progress = {};
  /// Called when all files have their names and can still be taken back: if it throws, they are.
  std::function<void(const LockReport&)> written = {};
};

/// Puts new wheels in the place of those that lock files pin: their version, their hashes, and where
/// installers find them. A wheel of 2.1.0+stripe.5 replaces 2.1.0, and 2.1.0 with another label. All files
/// are changed or none; all else in them stays, byte for byte. A link leads to the file that is written.
/// Throws Error{bad_recipe} for a file that can't be read as what it is, Error{does_not_apply} for one that
/// pins another version, for a project that no file pins, and for pins between which there is no choice;
/// Error{usage | bad_archive | bad_wheel | limit_exceeded | io | cancelled}.
LockReport update_locks(const std::vector<std::filesystem::path>& files, const LockOptions& options);

}  // namespace wheelfix
#pragma GCC visibility pop
