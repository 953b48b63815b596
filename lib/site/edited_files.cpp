#include "site/edited_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <wheelfix/error.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "site/site_paths.hpp"
#include "wheel/installed_file.hpp"
#include "wheel/plan.hpp"
#include "wheel/record_update.hpp"
#include "zip/name_audit.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

class FileLister {
 public:
  explicit FileLister(const WheelEdit& edit) : edit_(edit), wheel_(edit.wheel()) {}

  std::vector<EditedFile> run() {
    if (!wheel_.dist_info().empty()) require_documents(edit_);
    for (const auto& [path, item] : edit_.overlay()) add(path, item);
    for (const auto& entry : wheel_.entries())
      if (!files_.empty() && is_record_signature(entry.path, wheel_.dist_info()) &&
          edit_.contains(entry.path))
        files_.push_back({.path = entry.path, .is_removed = true});
    std::ranges::sort(files_, {}, &EditedFile::path);
    refuse_files_as_folders();
    return std::move(files_);
  }

 private:
  [[noreturn]] void refuse_file(const std::string& path, std::string message, std::string hint) const {
    throw Error(ErrorCode::bad_wheel, wheel_.path().string() + ": " + printable(path), std::move(message),
                std::move(hint));
  }

  void add(const std::string& path, const std::optional<WheelEdit::Item>& item) {
    const bool is_there = wheel_.find(path).has_value();
    if (!item && !is_there) return;
    file_inside(wheel_.path(), path);
    if (!is_there) require_free(path);
    files_.push_back(
        {.path = path, .is_there = is_there, .is_removed = !item, .mode = item ? item->mode : std::nullopt});
    if (!is_there) return;
    for (auto& compiled : compiled_files(wheel_, path))
      if (!edit_.overlay().contains(compiled))
        files_.push_back({.path = std::move(compiled), .is_removed = true});
  }

  void require_free(const std::string& path) const {
    if (const auto* reason = zip::unsafe_name_reason(path))
      refuse_file(path, fmt::format("can't be a file of a package: {}", reason), "give it another name");
    const auto top = path.substr(0, path.find('/'));
    if ((top.ends_with(".dist-info") && top != wheel_.dist_info()) || top == staging_name)
      refuse_file(path, "isn't in the package, nor in its .dist-info folder", "give it another name");
    std::error_code ignored;
    if (fs::exists(fs::symlink_status(installed_file(wheel_, path), ignored)))
      refuse_file(path, fmt::format("exists, and isn't a file of {}", wheel_.name().distribution()),
                  "remove it, or give the new file another name");
  }

  /// New files alone: `a` and `a/b`.
  void refuse_files_as_folders() const {
    std::set<std::string_view> added;
    for (const auto& file : files_)
      if (!file.is_there) added.insert(file.path);
    for (const auto path : added)
      for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1))
        if (added.contains(path.substr(0, slash)))
          refuse_file(std::string(path), "is below what is to be a file", "give it another name");
  }

  const WheelEdit& edit_;
  const Wheel& wheel_;
  std::vector<EditedFile> files_;
};

}  // namespace

std::vector<std::string> compiled_files(const Wheel& installed, const std::string& path) {
  if (!path.ends_with(".py")) return {};
  const auto folder = std::string(folder_part(path)) + "__pycache__/";
  const auto stem = std::string(file_name(path).substr(0, file_name(path).size() - 2));
  const auto here = installed_file(installed, folder);
  std::vector<std::string> files;
  std::error_code failure;
  if (fs::is_symlink(here.parent_path(), failure)) return {};
  for (fs::directory_iterator item(here, failure), end; !failure && item != end; item.increment(failure)) {
    const auto name = item->path().filename().string();
    if (name.starts_with(stem) && name.ends_with(".pyc")) files.push_back(folder + name);
  }
  std::ranges::sort(files);
  return files;
}

std::vector<EditedFile> edited_files(const WheelEdit& edit) {
  return FileLister(edit).run();
}

}  // namespace wheelfix
