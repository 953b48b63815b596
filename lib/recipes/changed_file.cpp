#include "recipes/changed_file.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "base/file.hpp"
#include "base/hash.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

std::string hash_of(const fs::path& path) {
  constexpr std::uint64_t piece = 1 << 20;
  const auto file = File::open(path);
  Hasher hasher;
  for (std::uint64_t at = 0; at < file.size(); at += piece)
    hasher.update(file.read(at, static_cast<std::size_t>(std::min(piece, file.size() - at))));
  return hasher.finish_for_record();
}

bool is_changed(const fs::path& path, const std::optional<AppliedState>& after) {
  struct stat status;
  const bool is_there = ::lstat(path.c_str(), &status) == 0;
  if (!is_there || !after) return is_there != after.has_value();
  const auto stamp = stamp_of(status);
  if (stamp.size == after->size && stamp.mtime_ns == after->mtime_ns) return false;
  return stamp.size != after->size || !S_ISREG(status.st_mode) || hash_of(path) != after->hash;
}

}  // namespace

std::optional<std::string> changed_file(const fs::path& site, const AppliedChanges& changes) {
  const auto is_other = [&](const AppliedFile& file) {
    const bool is_looked_at = !file.path.ends_with(".pyc") && !file.path.ends_with(".dist-info/RECORD");
    return is_looked_at && is_changed(site / file.path, file.after);
  };
  const auto found = std::ranges::find_if(changes.files, is_other);
  return found == changes.files.end() ? std::nullopt : std::optional(found->path);
}

}  // namespace wheelfix
