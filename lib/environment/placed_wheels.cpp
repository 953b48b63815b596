#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <wheelfix/layout.hpp>

#include "base/text.hpp"
#include "library/entry_source.hpp"
#include "loader/library_names.hpp"
#include "loader/no_library.hpp"
#include "wheel/installed_file.hpp"

namespace wheelfix {
namespace {

using Damage = std::map<std::string_view, std::string_view>;  // by entry, what is wrong

FileContent content_of(const WheelEdit& edit, const std::string& path, const Damage& damage) {
  if (const auto found = damage.find(path); found != damage.end())
    return {.kind = FileContent::Kind::damaged, .damage = std::string(found->second)};
  return no_library(content_size(edit, path));
}

}  // namespace

PlacedWheels::PlacedWheels(Layout layout, std::shared_ptr<FileSource> source, FileTree::NameCase name_case)
    : layout_(std::move(layout)), files_(name_case, std::move(source)) {}

std::string PlacedWheels::put(const Wheel& wheel, const std::string& path,
                              std::shared_ptr<const FileContent> content) {
  const auto target = layout_.target_of(wheel, path);
  files_.add_file(target.value_or(path), std::move(content));
  if (target) files_.add_symlink(path, *target);
  return target.value_or(path);
}

bool PlacedWheels::is_module(const WheelLibrary& library) const {
  if (!library.is_module || library.path.ends_with(".pyd") != files_.folds_case()) return false;
  const auto suffix = extension_suffix(library.path);
  return abis_.empty() || (suffix && is_imported(*suffix, abis_));
}

void PlacedWheels::note(const std::string& path, const std::string& target, std::size_t library) {
  by_path_[path] = library;
  by_path_[target] = library;
}

void PlacedWheels::add(const WheelEdit& edit, const WheelLibraries& libraries) {
  const auto& wheel = edit.wheel();
  if (wheel.installation() != nullptr && files_.has_source()) return add_installed(wheel, libraries);
  folders_.push_back(folder_of(wheel));
  files_.add_folder(folders_.back());
  std::set<std::string, std::less<>> read;
  for (const auto& library : libraries.libraries) {
    read.insert(library.path);
    const auto path = path_of(wheel, library.path);
    if (!path) continue;
    const auto target = put(wheel, *path, std::make_shared<FileContent>(FileContent{.info = library.info}));
    note(*path, target, libraries_.size());
    libraries_.push_back({folders_.size() - 1, library.path, *path, is_module(library)});
  }
  Damage damage;
  for (const auto& finding : libraries.findings) damage.emplace(*finding.path, finding.message);
  std::string last_folder;
  for (const auto& entry : edit.paths()) {
    const auto path = path_of(wheel, entry);
    if (!path || read.contains(entry)) continue;
    if (is_named_as_library(entry)) {
      by_path_.erase(put(wheel, *path, std::make_shared<FileContent>(content_of(edit, entry, damage))));
      by_path_.erase(*path);
    } else if (auto folder = std::string(folder_part(*path)); folder != last_folder) {
      files_.add_folder(layout_.target_of(wheel, folder).value_or(folder));
      files_.add_folder(folder);
      last_folder = std::move(folder);
    }
  }
}

/// By the source, which knows symlinks; but what was read isn't read again.
void PlacedWheels::add_installed(const Wheel& wheel, const WheelLibraries& libraries) {
  folders_.push_back(folder_of(wheel));
  for (const auto& library : libraries.libraries) {
    struct stat status;
    if (::stat(installed_file(wheel, library.path).c_str(), &status) != 0) continue;
    files_.add_known({status.st_dev, status.st_ino},
                     std::make_shared<FileContent>(FileContent{.info = library.info}));
    const auto path = folders_.back() + "/" + library.path;
    const auto* node = files_.find(path);
    if (node == nullptr) continue;
    note(path, node->path(), libraries_.size());
    libraries_.push_back({folders_.size() - 1, library.path, path, is_module(library)});
  }
}

std::string PlacedWheels::folder_of(const Wheel& wheel) const {
  if (const auto* installation = wheel.installation()) return installation->place;
  return layout_.folder_of(wheel.name().distribution(), scheme());
}

std::optional<std::string> PlacedWheels::path_of(const Wheel& wheel, std::string_view entry) const {
  if (const auto* installation = wheel.installation()) return installation->place + "/" + std::string(entry);
  return layout_.path_of(wheel, entry, scheme());
}

void PlacedWheels::insert(std::size_t wheel, const WheelEdit& edit, const WheelLibrary& library) {
  const auto path = path_of(edit.wheel(), library.path);
  if (!path) return;
  const auto next =
      std::ranges::lower_bound(libraries_, std::pair(wheel, library.path), {},
                               [](const auto& other) { return std::pair(other.wheel, other.entry); });
  const auto place = static_cast<std::size_t>(next - libraries_.begin());
  libraries_.insert(next, {wheel, library.path, *path, is_module(library)});
  for (auto& [other, index] : by_path_)
    if (index >= place) ++index;
  note(*path, put(edit.wheel(), *path, std::make_shared<FileContent>(FileContent{.info = library.info})),
       place);
}

std::string PlacedWheels::below_sys_path(const PlacedLibrary& library) const {
  return std::filesystem::path(library.path).lexically_relative(folders_[library.wheel]).string();
}

std::string PlacedWheels::path_of(const TreeNode& file) const {
  auto path = file.path();
  const auto* library = find(path);
  return library == nullptr ? path : library->path;
}

void PlacedWheels::replace(const std::string& path, BinaryInfo info) {
  files_.add_library(files_.find(path)->path(), std::move(info));
}

const BinaryInfo& PlacedWheels::info(const PlacedLibrary& library) const {
  static const BinaryInfo none;
  const auto* node = files_.find(library.path);
  return node == nullptr || node->is_folder() ? none : node->content()->info;
}

const PlacedLibrary* PlacedWheels::find(std::string_view path) const {
  const auto found = by_path_.find(std::string(path));
  return found == by_path_.end() ? nullptr : &libraries_[found->second];
}

const PlacedLibrary* PlacedWheels::find_loaded(std::string_view path) const {
  const auto* node = files_.find(path);
  return node == nullptr ? nullptr : find(node->path());
}

}  // namespace wheelfix
