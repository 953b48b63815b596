#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wheelfix {

/// A file of a conda package, as a change leaves it.
struct CondaChange {
  std::string path;                   ///< relative to the prefix
  std::optional<std::string> sha256;  ///< in hexadecimal; nothing: not known
  std::uint64_t size = 0;
  bool is_removed = false;
};

/// The files of PREFIX/conda-meta that list one of these paths, which are relative to the prefix; none for
/// what isn't a conda prefix.
std::vector<std::filesystem::path> conda_records(const std::filesystem::path& prefix,
                                                 const std::vector<std::string>& paths);

/// Such a file with `files` and `paths_data` brought up to date: hashes and sizes of changed files, new ones
/// added, removed ones left out. Nothing for a text that isn't like conda's.
std::optional<std::string> updated_conda_record(std::string_view text,
                                                const std::vector<CondaChange>& changes);

}  // namespace wheelfix
