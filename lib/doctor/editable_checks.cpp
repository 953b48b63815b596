#include "doctor/editable_checks.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/file.hpp"
#include "base/finding_sink.hpp"
#include "base/text.hpp"
#include "base/url_quote.hpp"
#include "installed/documents.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

using Json = nlohmann::json;

/// The folder that an editable install leads to; nothing for other texts.
std::optional<std::string> project_folder(const std::string& text) {
  const auto document = Json::parse(text, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  const auto info = document.find("dir_info");
  const auto url = document.find("url");
  const bool is_editable = info != document.end() && info->is_object() && info->contains("editable") &&
                           (*info)["editable"] == true;
  constexpr std::string_view scheme = "file://";
  if (!is_editable || url == document.end() || !url->is_string()) return std::nullopt;
  const auto path = url->get<std::string>();
  if (!path.starts_with(scheme)) return std::nullopt;
  auto folder = url_unquote(std::string_view(path).substr(scheme.size()));
  return folder.starts_with('/') && folder.find('\0') == std::string::npos ? std::optional(folder)
                                                                           : std::nullopt;
}

bool exists_below(const fs::path& sysroot, const std::string& folder) {
  return is_folder(sysroot / fs::path(folder).relative_path());
}

void add_lost_project(FindingSink& findings, const std::string& name, const std::string& folder,
                      std::string_view project) {
  findings.error(FindingCode::file_missing, name,
                 fmt::format("is an editable install of {}, which doesn't exist", printable(folder)),
                 fmt::format("`pip install -e FOLDER` with the folder that the project is in now, or `pip "
                             "uninstall {}`",
                             printable(project)));
}

}  // namespace

std::vector<Finding> check_editable(const Wheel& installed, const fs::path& sysroot, const Limits& limits) {
  FindingSink findings(installed.path().string());
  const auto name = installed.dist_info() + "/direct_url.json";
  const auto folder = project_folder(read_small_file(installed.path() / name, limits));
  if (folder && !exists_below(sysroot, *folder))
    add_lost_project(findings, name, *folder, installed.name().distribution());
  return findings.take();
}

std::vector<Finding> check_egg_links(const fs::path& folder, const fs::path& sysroot, const Limits& limits) {
  constexpr std::string_view ending = ".egg-link";
  FindingSink findings(folder.string());
  std::set<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (it->path().extension() == ending) names.insert(it->path().filename().string());
  for (const auto& name : names) {
    const auto text = read_small_file(folder / name, limits);
    const std::string project(trim(split(text, '\n').front()));
    if (project.starts_with('/') && project.find('\0') == std::string::npos &&
        !exists_below(sysroot, project))
      add_lost_project(findings, name, project, name.substr(0, name.size() - ending.size()));
  }
  return findings.take();
}

}  // namespace wheelfix
