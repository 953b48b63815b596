#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace wheelfix {

enum class PatchFolder { has_patches, may_be_empty };

/// The patch files of a folder, in the order of load_patch_folder. Throws Error{bad_diff} if there must be
/// some but there are none, and for a series that can't be followed; Error{io}.
std::vector<std::filesystem::path> list_patch_folder(const std::filesystem::path& folder,
                                                     PatchFolder expected);

/// Whether the text of a name in a list of files, `series` or `wheelfix.toml`, climbs out of the list's
/// folder.
bool leaves_folder(const std::filesystem::path& file);

/// The target of a file that `list` names, if it is outside: a foreign folder may have a link to /etc/shadow,
/// and a recipe that adds it to the wheel. Inside are the folder of the list and the folder that the list
/// links to, because Bazel's sandbox, Nix and stow have folders in which every file, the list too, is a link
/// to one elsewhere. Rejected: a target of the same name anywhere, because `shadow` has one too. Nothing for
/// a missing file: reading it fails later.
std::optional<std::filesystem::path> target_outside(const std::filesystem::path& file,
                                                    const std::filesystem::path& list);

}  // namespace wheelfix
