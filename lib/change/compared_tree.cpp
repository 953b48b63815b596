#include "change/compared_tree.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <wheelfix/error.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "change/installed_tree.hpp"
#include "library/entry_source.hpp"

namespace wheelfix {

namespace {

namespace fs = std::filesystem;

constexpr std::array left_folders = {"__pycache__", ".git",        ".hg",         ".svn",          ".idea",
                                     ".vscode",     ".mypy_cache", ".ruff_cache", ".pytest_cache", ".venv"};
constexpr std::array left_endings = {"~", ".orig", ".rej", ".bak", ".swp", ".swo", ".pyc", ".pyo"};

bool is_left_folder(std::string_view name) {
  return std::ranges::any_of(left_folders, [&](std::string_view left) { return name == left; });
}

}  // namespace

bool is_left_over(std::string_view path) {
  const auto parts = split(path, '/');
  if (std::any_of(parts.begin(), parts.end() - 1, is_left_folder)) return true;
  const auto name = parts.back();
  if (name == ".DS_Store" || name.starts_with(".#") || name.starts_with(".nfs")) return true;
  if (name.starts_with('#') && name.ends_with('#')) return true;
  return std::ranges::any_of(left_endings, [&](std::string_view ending) { return name.ends_with(ending); });
}

VersionedFolders VersionedFolders::of(const Wheel& wheel) {
  return {wheel.dist_info(), wheel.data_dir_name()};
}

std::string VersionedFolders::renamed(const std::string& path, const VersionedFolders& from,
                                      const VersionedFolders& to) {
  for (const auto& [old_folder, new_folder] :
       {std::pair{from.dist_info, to.dist_info}, std::pair{from.data_dir, to.data_dir}}) {
    if (!old_folder.empty() && !new_folder.empty() && path.starts_with(old_folder + "/"))
      return new_folder + path.substr(old_folder.size());
  }
  return path;
}

std::set<std::string> WheelTree::paths() const {
  const auto& wheel = edit_.wheel();
  const bool is_installed = wheel.installation() != nullptr;
  std::set<std::string> paths;
  for (const auto& path : edit_.paths())
    if (!is_installed || !is_made_by_installer(path, wheel.dist_info()))
      paths.insert(VersionedFolders::renamed(path, VersionedFolders::of(wheel), names_));
  return paths;
}

void WheelTree::require_in_memory(const std::string& path, std::uint64_t max_size) const {
  wheelfix::require_in_memory(edit_, own_path(path), max_size);
}

unsigned WheelTree::mode(const std::string& path) const {
  return edit_.mode(own_path(path)) & 07777;
}

std::string WheelTree::own_path(const std::string& path) const {
  return VersionedFolders::renamed(path, names_, VersionedFolders::of(edit_.wheel()));
}

FolderTree::FolderTree(fs::path folder, VersionedFolders names)
    : folder_(std::move(folder)), names_(std::move(names)) {
  for (const auto& entry : fs::directory_iterator(folder_)) {
    const auto name = entry.path().filename().string();
    if (!entry.is_directory()) continue;
    if (name.ends_with(".dist-info")) own_.dist_info = name;
    if (name.ends_with(".data") && name.find('-') != std::string::npos) own_.data_dir = name;
  }
  if (own_.data_dir.empty()) own_.data_dir = own_.dist_info.substr(0, own_.dist_info.rfind('.')) + ".data";
  if (own_.dist_info.empty())
    throw Error(ErrorCode::bad_wheel, folder_.string(), "has no .dist-info folder",
                "give the folder that the wheel was unpacked to");
}

FolderTree::FolderTree(fs::path folder, VersionedFolders names, Modes modes)
    : folder_(std::move(folder)), names_(names), own_(std::move(names)), modes_(modes) {}

std::set<std::string> FolderTree::paths() const {
  std::set<std::string> paths;
  for (auto entry = fs::recursive_directory_iterator(folder_); entry != fs::recursive_directory_iterator();
       ++entry) {
    const auto name = entry->path().filename();
    if (entry->is_directory() && (name == ".git" || name == "__pycache__")) entry.disable_recursion_pending();
    if (entry->is_regular_file())
      paths.insert(VersionedFolders::renamed(entry->path().lexically_relative(folder_).generic_string(), own_,
                                             names_));
  }
  paths.erase(std::string(edit_record_name));
  return paths;
}

std::string FolderTree::read(const std::string& path) const {
  return read_file(file(path));
}

unsigned FolderTree::mode(const std::string& path) const {
  if (modes_ == Modes::lost) return 0;
  return static_cast<unsigned>(fs::status(file(path)).permissions()) & 07777;
}

bool FolderTree::may_have(const std::string& path) const {
  return ("/" + path).find("/__pycache__/") == std::string::npos;
}

fs::path FolderTree::file(const std::string& path) const {
  return folder_ / VersionedFolders::renamed(path, names_, own_);
}

}  // namespace wheelfix
