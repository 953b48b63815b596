#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "lock/patched_wheels.hpp"

namespace wheelfix {

/// The path of a folder or file as a file names it: relative to the file's folder, with `/`.
std::string path_from(const std::filesystem::path& file, const std::filesystem::path& path);

/// Whether two URLs or paths are one place, but for slashes at the end.
bool is_same_place(std::string_view one, std::string_view other);

/// Whether a text is a URL, `https://…`.
bool is_url(std::string_view text);

/// The last part of a path or URL, `%2B` decoded, without a query or fragment.
std::string file_name_of_url(std::string_view url);

/// Where a lock file says that wheels are: in an index, or in their folders.
struct LockPlaces {
  std::string index;     ///< its URL; empty for folders
  std::string base_url;  ///< where it has the files, if not at INDEX/PROJECT/FILE

  bool is_index() const { return !index.empty(); }
  std::string url_of(const PatchedVersion& version, const PatchedWheel& wheel) const;
};

}  // namespace wheelfix
