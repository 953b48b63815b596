#include "installed/find_distribution.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <wheelfix/error.hpp>
#include <wheelfix/version.hpp>

#include "base/text.hpp"
#include "installed/documents.hpp"
#include "installed/site_files.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

/// Whether a path that RECORD lists is of one file in the folder of packages, or above it and then below: with
/// `..` only at its beginning. Others could make a copy of the files leave its folder.
bool is_plain(std::string_view path) {
  while (path.starts_with("../")) path.remove_prefix(3);
  const auto parts = split(path, '/');
  return path.find('\0') == path.npos && std::ranges::none_of(parts, [](std::string_view part) {
    return part.empty() || part == "." || part == "..";
  });
}

std::vector<WheelEntry> listed_files(const fs::path& folder, const Record& record) {
  std::vector<WheelEntry> files;
  for (const auto& row : record.rows()) {
    struct stat status;
    const std::string path(row.path);
    if (!is_plain(path) || path.ends_with(".pyc")) continue;
    if (::stat((folder / path).c_str(), &status) == 0 && S_ISREG(status.st_mode))
      files.push_back(site_file(path, status).entry);
  }
  return files;
}

}  // namespace

std::vector<std::string> list_dist_info(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    auto name = it->path().filename().string();
    if (name.ends_with(".dist-info") && !name.starts_with('~')) names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  return names;
}

std::optional<Wheel> find_distribution(const fs::path& folder, std::string_view project,
                                       const Limits& limits) {
  const auto normal = normalize_project_name(project);
  for (const auto& name : list_dist_info(folder)) {
    if (information_name(name).project != normal) continue;
    auto distribution = read_information(folder, folder.string(), name, limits);
    if (distribution.record.rows().empty())
      throw Error(ErrorCode::bad_wheel, (folder / name).string(),
                  "has no RECORD that can be read, so its files aren't known", "install it again");
    distribution.files = listed_files(folder, distribution.record);
    return Wheel::installed(std::move(distribution));
  }
  return std::nullopt;
}

}  // namespace wheelfix
