#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.hpp"

namespace wheelfix {

/// What a new file takes over from the one that it replaces.
struct StagedAttributes {
  unsigned mode = 0;  ///< permission bits
  uid_t user = 0;
  gid_t group = 0;
  std::optional<std::int64_t> mtime_ns = {};  ///< since 1970, UTC; nothing: the time of writing
};

/// Of a new file that replaces nothing: the permissions that an installer would give it, and the owner of the
/// folder of packages.
StagedAttributes new_file_attributes(const std::filesystem::path& site, bool is_executable);

/// A new file, on disk, that has no name of its own yet.
struct StagedFile {
  std::string hash;  ///< as RECORD writes it
  std::uint64_t size = 0;
  unsigned mode = 0;  ///< permission bits
  FileStamp stamp;
};

/// The names of file number `number` of a journal in the staging folder: the new file until it is in its
/// place, and what it replaced after that; and what was removed.
std::filesystem::path staged_path(const std::filesystem::path& folder, std::size_t number);
std::filesystem::path kept_path(const std::filesystem::path& folder, std::size_t number);

using StagedContent = std::function<void(const std::function<void(std::string_view)>& sink)>;

/// Writes a file into a staging folder, and flushes it to disk. `target` is for errors. Safe from many
/// threads for different numbers. Throws Error{io}.
StagedFile stage_file(const std::filesystem::path& folder, std::size_t number,
                      const std::filesystem::path& target, const StagedAttributes& attributes,
                      const StagedContent& content);

/// The same of a symlink. What it leads to isn't looked at.
StagedFile stage_link(const std::filesystem::path& folder, std::size_t number,
                      const std::filesystem::path& target, const std::string& link,
                      const StagedAttributes& attributes);

/// Flushes the names in a folder. Throws Error{io}.
void sync_folder(const std::filesystem::path& folder);

/// Removes all but the lock from a staging folder.
void clear_staging(const std::filesystem::path& folder) noexcept;

}  // namespace wheelfix
