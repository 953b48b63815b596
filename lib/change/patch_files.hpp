#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace wheelfix {

enum class PatchFolder { has_patches, may_be_empty };

/// The patch files of a folder in their order, as load_patch_folder takes them. Throws Error{bad_diff} if
/// there are none and there must be, and for a series that can't be followed; Error{io}.
std::vector<std::filesystem::path> list_patch_folder(const std::filesystem::path& folder,
                                                     PatchFolder expected);

/// Whether a name in a list of files, `series` or `wheelfix.toml`, climbs out of the list's folder by its
/// text.
bool leaves_folder(const std::filesystem::path& file);

/// Where a file leads that `list` names, if that is outside: a folder from elsewhere may hold a link to
/// /etc/shadow, and a recipe that puts it in the wheel. Inside are the folder that the list stands in and the
/// one that it really lies in, for Bazel's sandbox, Nix and stow give folders whose every file, the list too,
/// is a link to one elsewhere. Rejected: a target of the same name anywhere, which `shadow` has as well.
/// Nothing for a file that isn't there, which reading it tells.
std::optional<std::filesystem::path> target_outside(const std::filesystem::path& file,
                                                    const std::filesystem::path& list);

}  // namespace wheelfix
