#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <wheelfix/diff.hpp>
#include <wheelfix/edit.hpp>
#include <wheelfix/limits.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// Reads a patch file. Throws Error{io | bad_diff | limit_exceeded}; the diff's name is the path.
Diff load_patch(const std::filesystem::path& path, std::uint64_t max_size = usual_max_input_size);

/// The patches of a folder: those that its `series` file lists, in that order (one per line, `#` comments; a
/// `-p1` or `-R` after a name, as quilt allows, is refused); without one, all `*.patch` and `*.diff`, in
/// order of name. Like a recipe (load_recipe), a series may name only what is in the folder. Throws
/// Error{bad_diff} if there are no patches.
std::vector<Diff> load_patch_folder(const std::filesystem::path& folder);

/// Writes a patch to a file, whole or not at all; an existing one is replaced, through symlinks. A pipe or
/// device, like /dev/stdout, is written to. Throws Error{io}.
void save_patch(const std::string& patch, const std::filesystem::path& file);

struct PatchOptions {
  unsigned strip = 1;         ///< `patch -pN`
  unsigned fuzz = 0;          ///< context lines at a hunk's ends that may differ
  bool reverse = false;       ///< undo the patches, the last one first
  bool strict_eol = false;    ///< refuse a diff with LF lines for a file with CRLF lines
  bool skip_applied = false;  ///< skip files that already are as the patch makes them
  /// The most bytes of a patch; an entry that is patched in memory may have half of it (see limits.hpp).
  std::uint64_t max_input_size = usual_max_input_size;
};

/// The effect of a patch on one entry.
struct PatchedFile {
  std::string patch;  ///< the patch's name
  std::size_t patch_line = 0;
  std::string entry;      ///< the entry's new path; its old one if it was removed
  std::string old_entry;  ///< differs from `entry` for a rename or copy; empty for a new entry
  FileDiff::Kind kind = FileDiff::Kind::modify;
  std::vector<HunkReport> hunks;
  bool crlf_kept = false;
  bool skipped = false;  ///< it was already applied
};

/// Applies the patches to the edit in order, each to the result of those before it; the paths are those of
/// the source wheel. All or nothing: `edit` is unchanged if this throws. Throws Error{does_not_apply |
/// already_applied | bad_diff}, with the -p that would have found a file, and Error{bad_diff} for a patch of
/// RECORD.
std::vector<PatchedFile> apply_patches(WheelEdit& edit, const std::vector<Diff>& patches,
                                       const PatchOptions& options = {});

/// A patch that turns the files of `before` into those of `after`, for `apply_patches`, `patch -p1` and `git
/// apply`. Paths are those of `before`: its dist-info and .data stand for those of `after`. RECORD, its
/// signatures and METADATA's Version line are left out. Throws Error{limit_exceeded} if the patch would have
/// more than `max_size` bytes, or the files are too large to be compared in memory.
std::string diff_wheels(const Wheel& before, const Wheel& after,
                        std::uint64_t max_size = usual_max_input_size);
/// The same against a folder that the wheel was unpacked to and edited in. What Python, editors and version
/// control leave there is ignored.
std::string diff_wheel_with_folder(const Wheel& before, const std::filesystem::path& after,
                                   std::uint64_t max_size = usual_max_input_size);
/// The same against what is installed of it (open_installed): the files of its RECORD, without those that
/// installers make, and scripts without the line that names the interpreter.
std::string diff_wheel_with_installed(const Wheel& before, const Wheel& installed,
                                      std::uint64_t max_size = usual_max_input_size);

}  // namespace wheelfix
#pragma GCC visibility pop
