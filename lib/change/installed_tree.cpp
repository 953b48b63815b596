#include "change/installed_tree.hpp"

#include <algorithm>
#include <array>

#include "base/file.hpp"
#include "base/text.hpp"
#include "wheel/installed_file.hpp"

namespace wheelfix {

namespace {

constexpr std::array installer_files = {"INSTALLER",       "REQUESTED",     "RECORD",
                                        "direct_url.json", "uv_cache.json", "uv_build.json"};

std::string_view without_way_up(std::string_view path) {
  while (path.starts_with("../")) path.remove_prefix(3);
  return path;
}

/// A script with `#!python` in place of the interpreter that an installer wrote. A long path is in three
/// lines: `#!/bin/sh`, `'''exec' PATH "$0" "$@"`, `' '''`.
std::string with_shebang(const std::string& script, std::string_view shebang) {
  const int lines = script.starts_with("#!/bin/sh\n'''exec' ") ? 3 : 1;
  std::size_t end = 0;
  for (int i = 0; i < lines; ++i) {
    end = script.find('\n', end);
    if (end == std::string::npos) return script;
    ++end;
  }
  return std::string(shebang) + script.substr(end);
}

}  // namespace

bool is_made_by_installer(std::string_view path, std::string_view dist_info) {
  if (path.starts_with("../") || path.ends_with(".pyc")) return true;
  if (!path.starts_with(dist_info) || path.substr(dist_info.size(), 1) != "/") return false;
  const auto name = path.substr(dist_info.size() + 1);
  return name.starts_with("wheelfix") ||
         std::ranges::any_of(installer_files, [&](std::string_view file) { return name == file; });
}

InstalledTree::InstalledTree(const Wheel& wheel, const Wheel& installed)
    : wheel_(wheel), installed_(installed) {
  const VersionedFolders names = VersionedFolders::of(wheel);
  const VersionedFolders own{installed.dist_info(), {}};
  std::set<std::string_view> placed;
  for (const auto& entry : wheel.entries()) {
    if (entry.path.ends_with('/')) continue;
    const bool is_data = wheel.data_dir() && entry.path.starts_with(*wheel.data_dir() + "/");
    auto place = is_data ? place_of_data(entry.path) : VersionedFolders::renamed(entry.path, names, own);
    const auto [item, is_new] = own_paths_.emplace(entry.path, std::move(place));
    placed.insert(item->second);
  }
  for (const auto& entry : installed.entries()) {
    if (placed.contains(entry.path) || is_made_by_installer(entry.path, installed.dist_info())) continue;
    own_paths_.emplace(VersionedFolders::renamed(entry.path, own, names), entry.path);
  }
}

std::string InstalledTree::place_of_data(std::string_view path) const {
  const auto in_data = path.substr(wheel_.data_dir()->size() + 1);
  const auto slash = in_data.find('/');
  if (slash == in_data.npos) return {};
  const auto scheme = in_data.substr(0, slash), rest = in_data.substr(slash + 1);
  if (scheme == "purelib" || scheme == "platlib") return std::string(rest);
  const auto is_place = [&](const RecordRow& row) {
    const auto place = without_way_up(row.path);
    if (scheme == "data") return place == rest;
    const bool is_below = ("/" + std::string(place)).ends_with("/" + std::string(rest));
    if (scheme == "scripts") return is_below && (place.starts_with("bin/") || place.starts_with("Scripts/"));
    return scheme == "headers" && is_below && row.path.starts_with("../") &&
           place.find("include/") != place.npos;
  };
  const auto found = std::ranges::find_if(installed_.record().rows(), is_place);
  return found == installed_.record().rows().end() ? std::string() : std::string(found->path);
}

std::set<std::string> InstalledTree::paths() const {
  std::set<std::string> paths;
  for (const auto& [path, own] : own_paths_)
    if (installed_.find(own)) paths.insert(path);
  return paths;
}

bool InstalledTree::is_script(const std::string& path) const {
  return wheel_.data_dir() && path.starts_with(*wheel_.data_dir() + "/scripts/");
}

std::string InstalledTree::read(const std::string& path) const {
  auto content = installed_.read(own_paths_.at(path));
  if (!is_script(path) || !wheel_.find(path)) return content;
  const auto original = wheel_.read(path);
  if (!original.starts_with("#!python")) return content;
  return with_shebang(content, original.substr(0, original.find('\n') + 1));
}

unsigned InstalledTree::mode(const std::string& path) const {
  if (is_script(path)) return 0;
  return installed_.entries()[*installed_.find(own_paths_.at(path))].mode & 07777;
}

bool InstalledTree::may_have(const std::string& path) const {
  if (path.ends_with(".pyc")) return false;
  const auto own = own_paths_.find(path);
  if (own == own_paths_.end()) return true;
  // With `pip install --target` RECORD has other places than those outside of the folder.
  const bool is_outside = own->second.empty() || own->second.starts_with("../");
  return !is_outside || installed_.find(own->second).has_value();
}

std::filesystem::path InstalledTree::file(const std::string& path) const {
  return installed_file(installed_, own_paths_.at(path));
}

}  // namespace wheelfix
