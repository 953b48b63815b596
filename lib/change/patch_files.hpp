#pragma once

#include <filesystem>
#include <vector>

namespace wheelfix {

enum class PatchFolder { has_patches, may_be_empty };

/// The patch files of a folder in their order, as load_patch_folder takes them. Throws Error{bad_diff} where
/// there are none and there must be, and for a series that can't be followed; Error{io}.
std::vector<std::filesystem::path> list_patch_folder(const std::filesystem::path& folder,
                                                     PatchFolder expected);

}  // namespace wheelfix
