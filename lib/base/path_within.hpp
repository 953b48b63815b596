#pragma once

#include <filesystem>
#include <optional>

namespace wheelfix {

/// A path relative to a folder that it is in, `.` for the folder itself; nothing if it isn't in it. By their
/// texts alone, which must be normal, and both absolute or both relative.
inline std::optional<std::filesystem::path> path_within(const std::filesystem::path& path,
                                                        const std::filesystem::path& folder) {
  auto inside = path.lexically_relative(folder);
  if (inside.empty() || *inside.begin() == "..") return std::nullopt;
  return inside;
}

}  // namespace wheelfix
