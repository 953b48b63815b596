#include <algorithm>
#include <filesystem>
#include <utility>
#include <wheelfix/error.hpp>
#include <wheelfix/metadata.hpp>

#include "base/file.hpp"
#include "site/edit_change.hpp"
#include "site/kept_content.hpp"
#include "wheel/plan.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> files_in(const fs::path& site, const std::string& folder) {
  std::vector<std::string> files;
  std::error_code failure;
  for (fs::recursive_directory_iterator item(site / folder, failure), end; !failure && item != end;
       item.increment(failure))
    if (item->is_regular_file(failure))
      files.push_back(item->path().lexically_relative(site).generic_string());
  std::ranges::sort(files);
  return files;
}

}  // namespace

/// Under a new version dist-info has another name: each of its files is a new one there, and the old one is
/// removed.
void EditChange::relabel_information() {
  const auto& old = wheel_.dist_info();
  if (!old.ends_with(".dist-info"))
    throw Error(ErrorCode::usage, site_.string() + ": " + wheel_.name().distribution(),
                "has no .dist-info folder, so it can't get another version", "leave out --suffix");
  folder_ = relabelled_folder(edit_, old, ".dist-info");
  new_record_path_ = folder_ + "/RECORD";
  std::error_code ignored;
  if (fs::exists(site_ / folder_, ignored))
    throw Error(ErrorCode::output_exists, (site_ / folder_).string(), "exists already",
                "give another --suffix");
  for (const auto& path : files_in(site_, old))
    if (path != record_path_) move_information(path, folder_ + path.substr(old.size()));
  for (auto& work : files)  // those that the edit adds
    if (!work.is_removed && work.path.starts_with(old + "/")) {
      auto moved = work_for(folder_ + work.path.substr(old.size()));
      work.path = std::move(moved.path);
      work.target = std::move(moved.target);
    }
}

void EditChange::move_information(const std::string& from, const std::string& to) {
  auto edited = std::ranges::find(files, from, &FileWork::path);
  if (edited == files.end()) {
    files.push_back(work_for(from));
    edited = files.end() - 1;
    edited->content = [this, from](const std::function<void(std::string_view)>& sink) {
      stream_original(site_, {.path = from, .before = {}, .after = {}, .kept = {}}, sink);
    };
    edited->attributes = old_attributes(*edited);
    edited->attributes->mtime_ns = File::open(edited->target).stamp().mtime_ns;
  } else if (edited->is_removed) {
    return;
  }
  edited->is_removed = true;
  if (from == wheel_.dist_info() + "/wheelfix.json") return;
  auto moved = work_for(to);
  moved.content = std::exchange(edited->content, {});
  moved.attributes = edited->attributes ? *edited->attributes : old_attributes(*edited);
  edited->attributes.reset();
  if (from == wheel_.dist_info() + "/METADATA") {
    moved.attributes->mtime_ns.reset();
    moved.content = [this, from](const std::function<void(std::string_view)>& sink) {
      const auto metadata = HeaderDocument::parse(edit_.read(from), site_.string() + ": " + from);
      sink(metadata.with("Version", edit_.relabelled(metadata.get("Version").value_or(""))).to_string());
    };
  }
  moved_.emplace(from, to);
  files.push_back(std::move(moved));
}

}  // namespace wheelfix
