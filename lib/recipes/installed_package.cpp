#include <wheelfix/installed_package.hpp>

#include <algorithm>
#include <string>
#include <wheelfix/error.hpp>
#include <wheelfix/spelling.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "doctor/installation.hpp"
#include "installed/documents.hpp"
#include "installed/find_distribution.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_missing(const Installation& installation, std::string_view project) {
  std::vector<std::string> projects;
  for (const auto& folder : installation.folders)
    for (const auto& name : list_dist_info(folder.path)) projects.push_back(information_name(name).project);
  const std::vector<std::string_view> names(projects.begin(), projects.end());
  const auto like = spelled_like(normalize_project_name(project), names);
  throw Error(ErrorCode::usage, printable(project), "isn't installed in " + printable(installation.name),
              like.empty() ? "`pip list` shows what is; --env names another environment"
                           : "is it " + or_list(like) + "?");
}

}  // namespace

Wheel open_installed(const std::vector<fs::path>& environment, std::string_view project,
                     const Limits& limits) {
  const auto installation = find_installation(environment, std::nullopt);
  for (const auto& folder : installation.folders)
    if (auto found = find_distribution(folder.path, project, limits)) return *std::move(found);
  refuse_missing(installation, project);
}

bool is_installation(const fs::path& folder) {
  std::error_code ignored;
  for (const auto* mark : {"pyvenv.cfg", "conda-meta", "lib/site-packages", "Lib/site-packages"})
    if (fs::exists(folder / mark, ignored)) return true;
  for (fs::directory_iterator it(folder / "lib", ignored), end; !ignored && it != end; it.increment(ignored))
    if (it->path().filename().string().starts_with("python")) return true;
  const auto names = list_dist_info(folder);
  return names.size() > 1 || (names.size() == 1 && fs::exists(folder / names[0] / "INSTALLER", ignored));
}

}  // namespace wheelfix
