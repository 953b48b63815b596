#include <wheelfix/layout.hpp>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "library/entry_source.hpp"
#include "loader/library_names.hpp"
#include "loader/no_library.hpp"

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

void PlacedWheels::add(const WheelEdit& edit, const WheelLibraries& libraries) {
  const auto& wheel = edit.wheel();
  const auto root = layout_.folder_of(wheel.name().distribution()) + "/";
  files_.add_folder(root);
  std::set<std::string, std::less<>> read;
  for (const auto& library : libraries.libraries) {
    read.insert(library.path);
    const auto path = installed_path(wheel, library.path);
    if (!path) continue;
    files_.add_library(root + *path, library.info);
    by_path_[root + *path] = libraries_.size();
    libraries_.push_back({wheels_, library.path, root + *path});
  }
  Damage damage;
  for (const auto& finding : libraries.findings) damage.emplace(*finding.path, finding.message);
  std::string last_folder;
  for (const auto& entry : edit.paths()) {
    const auto path = installed_path(wheel, entry);
    if (!path || read.contains(entry)) continue;
    if (is_named_as_library(entry)) {
      files_.add_file(root + *path, std::make_shared<FileContent>(content_of(edit, entry, damage)));
      by_path_.erase(root + *path);
    } else if (auto folder = std::string(folder_part(*path)); folder != last_folder) {
      files_.add_folder(root + folder);
      last_folder = std::move(folder);
    }
  }
  ++wheels_;
}

void PlacedWheels::insert(std::size_t wheel, const WheelEdit& edit, const WheelLibrary& library) {
  const auto path = path_of(edit.wheel(), library.path);
  if (!path) return;
  const auto next =
      std::ranges::lower_bound(libraries_, std::pair(wheel, library.path), {},
                               [](const auto& other) { return std::pair(other.wheel, other.entry); });
  const auto place = static_cast<std::size_t>(next - libraries_.begin());
  libraries_.insert(next, {wheel, library.path, *path});
  for (auto& [other, index] : by_path_)
    if (index >= place) ++index;
  by_path_[*path] = place;
  files_.add_library(*path, library.info);
}

std::optional<std::string> PlacedWheels::path_of(const Wheel& wheel, std::string_view entry) const {
  const auto path = installed_path(wheel, entry);
  if (!path) return std::nullopt;
  return layout_.folder_of(wheel.name().distribution()) + "/" + *path;
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
