#include "site/undo_change.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <wheelfix/error.hpp>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "installed/documents.hpp"
#include "site/edited_files.hpp"
#include "site/kept_content.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

bool is_compiled(std::string_view path) {
  return path.ends_with(".pyc");
}

/// Rows by their texts, but those of the files that wheelfix changed, and of its own.
std::set<std::string> other_rows(std::string text, const std::string& subject,
                                 const std::set<std::string_view>& changed, const std::string& own) {
  std::set<std::string> rows;
  const auto record = Record::parse(std::move(text), subject, most_rows_installed);
  for (const auto& row : record.rows())
    if (!changed.contains(row.path) && !is_of_applied_changes(row.path, own)) rows.emplace(row.text);
  return rows;
}

/// Whether an installer changed RECORD since.
bool is_other_record(const SiteChange& change, const AppliedFile& record, const AppliedChanges& applied) {
  std::set<std::string_view> changed;
  for (const auto& file : applied.files) changed.insert(file.path);
  const auto& site = change.wheel().path();
  const auto own = applied_folder(change.wheel());
  std::string old;
  stream_original(site, record, [&](std::string_view piece) { old += piece; });
  const auto path = site / record.path;
  return other_rows(std::move(old), path.string(), changed, own) !=
         other_rows(read_file(path), path.string(), changed, own);
}

/// A symlink is a symlink again if what it leads to is what it was.
bool leads_to_original(const fs::path& target, const AppliedState& state) {
  try {
    const auto file = (target.parent_path() / state.link).lexically_normal();
    return record_hash(read_file(file)) == state.hash;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

UndoChange::UndoChange(const Wheel& wheel, AppliedChanges applied)
    : SiteChange(wheel), applied_(std::move(applied)) {
  for (const auto& file : applied_.files) by_path_.emplace(file.path, &file);
  for (const auto& file : applied_.files) add(file);
  std::error_code failure;
  const auto folder = applied_folder(wheel_) + "/wheelfix";
  for (fs::directory_iterator item(site_ / folder, failure), end; !failure && item != end;
       item.increment(failure))
    remove(folder + "/" + item->path().filename().string());
  remove(folder + ".json");
  remove_compiled();
}

void UndoChange::add(const AppliedFile& file) {
  auto work = work_for(file.path);
  if (file.before)
    restore(work, file);
  else
    work.is_removed = true;
  if (work.is_there || !work.is_removed) files.push_back(std::move(work));
}

void UndoChange::restore(FileWork& work, const AppliedFile& file) const {
  auto attributes = new_file_attributes(site_, false);
  struct stat status {};
  if (work.is_there && ::stat(work.target.c_str(), &status) == 0)
    attributes = {.mode = 0, .user = status.st_uid, .group = status.st_gid};
  attributes.mode = file.before->mode;
  attributes.mtime_ns = file.before->mtime_ns;
  work.attributes = attributes;
  if (!file.before->link.empty() && leads_to_original(work.target, *file.before))
    work.link = file.before->link;
  else
    work.content = [this, file](const std::function<void(std::string_view)>& sink) {
      stream_original(site_, file, sink);
    };
}

void UndoChange::remove(const std::string& path) {
  auto work = work_for(path);
  work.is_removed = true;
  if (work.is_there) files.push_back(std::move(work));
}

bool UndoChange::has_work(std::string_view path) const {
  return std::ranges::find(files, path, &FileWork::path) != files.end();
}

/// What Python compiled of the changed modules since.
void UndoChange::remove_compiled() {
  for (const auto& file : applied_.files)
    for (const auto& path : compiled_files(wheel_, file.path))
      if (!has_work(path)) remove(path);
}

void UndoChange::check_staged(const FileWork& work) const {
  const auto& file = *by_path_.find(work.path)->second;
  if (work.staged->hash == file.before->hash) return;
  throw Error(ErrorCode::bad_wheel, work.target.string(),
              fmt::format("what was kept of it has {}, and not {}", work.staged->hash, file.before->hash),
              fmt::format("reinstall {}: that brings back what its wheel has", wheel_.name().distribution()));
}

void UndoChange::compare(bool force) {
  const auto differing = differing_files(*this, applied_);
  for (const auto& [path, message] : differing) {
    if (!force)
      throw Error(ErrorCode::bad_wheel, (site_ / path).string(), message,
                  "it was changed after wheelfix changed it; --force replaces it anyway");
    notes_.warning(FindingCode::record_hash_mismatch, path, message);
  }
}

CommittedEdit UndoChange::result() {
  CommittedEdit result{.version = wheel_.name().version_text(), .changed = {}, .notes = {}};
  for (const auto& file : applied_.files) {
    if (file.before && file.path.ends_with(".dist-info/METADATA"))
      result.version = information_name(std::string_view(file.path).substr(0, file.path.find('/'))).version;
    if (is_compiled(file.path)) continue;
    const auto how = !file.before ? How::removed : file.after ? How::patched : How::added;
    result.changed.push_back({file.path, file.path == record_path_ ? How::record : how});
  }
  result.notes = notes_.take();
  return result;
}

std::vector<DifferingFile> differing_files(const SiteChange& change, const AppliedChanges& applied) {
  std::vector<DifferingFile> differing;
  for (const auto& file : applied.files) {
    if (is_compiled(file.path)) continue;
    const auto work = std::ranges::find(change.files, file.path, &FileWork::path);
    const auto* now = work != change.files.end() && work->before ? &*work->before : nullptr;
    const auto add = [&](std::string message) { differing.push_back({file.path, std::move(message)}); };
    if (file.path == change.record_path()) {
      if (now == nullptr)
        add("is gone");
      else if (is_other_record(change, file, applied))
        add("has other rows since");
    } else if (file.after && now == nullptr) {
      add("is gone");
    } else if (!file.after && now != nullptr) {
      add(fmt::format("is there again, with {} and {} bytes", now->hash, now->size));
    } else if (file.after && now->hash != file.after->hash) {
      add(fmt::format("has {} and {} bytes, and not {} and {}", now->hash, now->size, file.after->hash,
                      file.after->size));
    }
  }
  return differing;
}

}  // namespace wheelfix
