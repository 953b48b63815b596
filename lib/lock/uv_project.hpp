#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace wheelfix {

/// What a project must have for uv to keep what its uv.lock got: uv resolves again if the lock names a place
/// of packages that the project doesn't.
struct UvNeeds {
  std::string place;                 ///< as the lock has it: a URL, or a folder relative to it
  bool is_folder = false;            ///< of wheels, and not an index
  std::vector<std::string> sources;  ///< projects that are locked from an index of their own
};

/// The lines that pyproject.toml beside a uv.lock, or the script of a SCRIPT.lock, still needs; empty if it,
/// or a uv.toml, names the place. A file that can't be read names nothing.
std::string missing_uv_settings(const std::filesystem::path& lock, const UvNeeds& needs);

}  // namespace wheelfix
