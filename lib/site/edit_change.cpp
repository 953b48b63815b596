#include "site/edit_change.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>
#include <wheelfix/error.hpp>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "installed/documents.hpp"
#include "library/entry_source.hpp"
#include "site/conda_record.hpp"
#include "site/kept_content.hpp"
#include "site/site_paths.hpp"
#include "wheel/hash_rows.hpp"
#include "wheel/record_update.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

/// The number of `FOLDER/wheelfix/12`.
std::size_t number_of_kept(std::string_view file) {
  const auto name = file_name(file);
  std::size_t number = 0;
  std::from_chars(name.data(), name.data() + name.size(), number);
  return number;
}

/// `sha256=` and urlsafe base64 as conda writes it.
std::string hexadecimal_hash(std::string_view hash) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string hex;
  unsigned bits = 0, pending = 0;
  for (const char c : hash.substr(hash.find('=') + 1)) {
    pending = pending << 6 | static_cast<unsigned>(alphabet.find(c));
    for (bits += 6; bits >= 4; bits -= 4) hex += "0123456789abcdef"[pending >> (bits - 4) & 0xFU];
    pending &= (1U << bits) - 1;
  }
  return hex.substr(0, 64);
}

std::string hash_by(const fs::path& path, HashAlgorithm algorithm) {
  Hasher hasher(algorithm);
  stream_original(path.parent_path(),
                  {.path = path.filename().string(), .before = {}, .after = {}, .kept = {}},
                  [&](std::string_view piece) { hasher.update(piece); });
  return hasher.finish_for_record();
}

}  // namespace

EditChange::EditChange(const WheelEdit& edit, AppliedRun run)
    : SiteChange(edit.wheel()),
      edit_(edit),
      folder_(applied_folder(edit.wheel())),
      new_record_path_(record_path_),
      run_(std::move(run)) {
  for (auto& file : edited_files(edit)) add(std::move(file));
  edited_ = files.size();
  if (files.empty()) return;
  applied_ = applied_changes(wheel_).value_or(AppliedChanges{});
  for (const auto& file : applied_.files)
    if (file.kept) next_kept_ = std::max(next_kept_, number_of_kept(file.kept->file) + 1);
  if (edit.version_text()) relabel_information();
  add_conda_records();
  read_record();
}

/// Whether it is a file that wheelfix keeps for itself.
bool EditChange::is_own(std::string_view path) const {
  return is_of_applied_changes(path, folder_) || is_of_applied_changes(path, applied_folder(wheel_));
}

void EditChange::add(EditedFile file) {
  auto work = work_for(file.path);
  work.is_there = file.is_there;
  work.is_removed = file.is_removed;
  if (is_record_signature(file.path, wheel_.dist_info()))
    notes_.warning(FindingCode::record_signature, file.path, "is removed: it signed the old RECORD");
  if (!file.is_removed)
    work.content = [this, path = file.path](const std::function<void(std::string_view)>& sink) {
      stream_entry_edited(edit_, path, {}, sink);
    };
  if (!file.is_there) {
    work.attributes = new_file_attributes(site_, (file.mode.value_or(0) & 0111U) != 0);
  } else if (file.mode) {
    work.attributes = old_attributes(work);
    work.attributes->mode = *file.mode;
  }
  files.push_back(std::move(work));
}

void EditChange::read_record() {
  std::error_code failure;
  const auto file = site_ / record_path_;
  if (wheel_.dist_info().empty() || !fs::exists(file, failure)) return;
  record_ = Record::parse(read_file(file), file.string(), most_rows_installed);
  auto work = work_for(new_record_path_);
  if (new_record_path_ != record_path_) {
    auto old = work_for(record_path_);
    old.is_removed = true;
    work.attributes = old_attributes(old);
    files.push_back(std::move(old));
  }
  work.is_last = true;
  work.content = [this](const std::function<void(std::string_view)>& sink) { sink(new_record()); };
  files.push_back(std::move(work));
}

/// What conda knows of the files, if it installed one of them.
void EditChange::add_conda_records() {
  const auto prefix = outermost_folder(site_);
  std::vector<std::string> paths;
  for (const auto& work : files) paths.push_back(work.target.lexically_relative(prefix).generic_string());
  for (const auto& record : conda_records(prefix, paths)) {
    auto work = work_for(record.lexically_relative(site_).generic_string());
    work.is_last = true;
    work.content = [this, record](const std::function<void(std::string_view)>& sink) {
      sink(new_conda_record(record));
    };
    files.push_back(std::move(work));
  }
}

std::string EditChange::new_conda_record(const fs::path& file) const {
  const auto prefix = outermost_folder(site_);
  std::vector<CondaChange> changes;
  for (const auto& work : files) {
    if (work.target.parent_path() == prefix / "conda-meta") continue;
    const bool is_known = !work.is_last && work.staged;
    changes.push_back({.path = work.target.lexically_relative(prefix).generic_string(),
                       .sha256 = is_known ? std::optional(hexadecimal_hash(work.staged->hash)) : std::nullopt,
                       .size = is_known ? work.staged->size : 0,
                       .is_removed = work.is_removed});
  }
  auto text = updated_conda_record(read_file(file), changes);
  if (!text)
    throw Error(ErrorCode::bad_wheel, file.string(), "isn't a list of files as conda writes it",
                "`conda install --force-reinstall` writes it again");
  return *std::move(text);
}

void EditChange::compare(bool force) {
  if (files.empty()) return;
  for (std::size_t i = 0; i < edited_; ++i) compare(files[i], force);
  const auto count = files.size();  // with RECORD
  for (std::size_t i = 0; i < count; ++i) keep(i);
  add_information();
}

void EditChange::compare(const FileWork& work, bool force) {
  const auto* row = record_ && work.is_there ? record_->find(work.path) : nullptr;
  const auto algorithm = row != nullptr ? algorithm_of(*row) : std::nullopt;
  if (!algorithm) return;
  const auto hash =
      *algorithm == HashAlgorithm::sha256 ? work.before->hash : hash_by(work.target, *algorithm);
  if (comparable_hash(*row) == hash) return;
  const auto message = fmt::format("RECORD says {} and {} bytes, the file has {} and {} bytes",
                                   printable(row->hash), row->size, hash, work.before->size);
  if (!force)
    throw Error(ErrorCode::bad_wheel, work.target.string(), message,
                fmt::format("it was changed after it was installed: reinstall {}, or use --force to change "
                            "it anyway",
                            wheel_.name().distribution()));
  notes_.warning(FindingCode::record_hash_mismatch, work.path, message);
}

const AppliedFile* EditChange::known(std::string_view path) const {
  const auto found = std::ranges::find(applied_.files, path, &AppliedFile::path);
  return found == applied_.files.end() ? nullptr : &*found;
}

std::string EditChange::kept_name() {
  return fmt::format("{}/wheelfix/{}", folder_, next_kept_++);
}

/// By its edits in places, if there are no others; for one that is kept like that already by both.
KeptContent EditChange::way_to_keep_file(const FileWork& work, const AppliedFile* known) const {
  const auto size = known != nullptr ? known->before->size : work.before->size;
  const auto found = edit_.overlay().find(work.path);
  const bool is_in_places = found != edit_.overlay().end() && found->second && found->second->source &&
                            !found->second->content &&
                            wheel_.entries()[*found->second->source].path == work.path;
  if (!is_in_places) return {.how = way_to_keep(size), .file = {}};
  return {.how = KeptContent::How::ranges,
          .file = {},
          .ranges = changed_ranges(found->second->byte_edits, size,
                                   known != nullptr ? known->kept->ranges : ByteRanges{})};
}

/// Keeps what the installer wrote, which earlier runs may have done; what they kept of parts of a file may no
/// longer be enough.
void EditChange::keep(std::size_t number) {
  const auto& work = files[number];
  if (!work.is_there || is_own(work.path)) return;
  const auto* earlier = known(work.path);
  if (earlier != nullptr && (!earlier->kept || earlier->kept->how != KeptContent::How::ranges)) return;
  auto kept = way_to_keep_file(work, earlier);
  auto original = earlier != nullptr
                      ? *earlier
                      : AppliedFile{.path = work.path, .before = work.before, .after = {}, .kept = {}};
  if (earlier != nullptr && !earlier->kept->file.empty()) {
    auto old = work_for(earlier->kept->file);
    old.is_removed = true;
    if (old.is_there) look(old);
    if (!moved_.contains(old.path)) files.push_back(std::move(old));
  }
  if (kept.how != KeptContent::How::ranges || !kept.ranges.empty()) {
    kept.file = kept_name();
    auto copy = work_for(kept.file);
    copy.attributes = new_file_attributes(site_, false);
    copy.content = content_to_keep(site_, std::move(original), kept);
    files.push_back(std::move(copy));
  }
  kept_[files[number].path] = std::move(kept);
}

/// wheelfix.json, before RECORD and after conda's list.
void EditChange::add_information() {
  auto work = work_for(folder_ + "/wheelfix.json");
  work.is_last = true;
  work.attributes = new_file_attributes(site_, false);
  work.content = [this](const std::function<void(std::string_view)>& sink) { sink(to_text(merged())); };
  if (work.is_there) look(work);
  const auto record = std::ranges::find(files, new_record_path_, &FileWork::path);
  files.insert(record, std::move(work));
}

AppliedChanges EditChange::merged() const {
  auto changes = applied_;
  changes.runs.push_back(run_);
  std::map<std::string, AppliedFile> by_path;
  for (auto& file : changes.files) {
    const auto moved = file.kept ? moved_.find(file.kept->file) : moved_.end();
    if (moved != moved_.end()) file.kept->file = moved->second;
    by_path.emplace(file.path, std::move(file));
  }
  for (const auto& work : files) {
    if (is_own(work.path)) continue;
    const auto [found, is_new] = by_path.try_emplace(
        work.path, AppliedFile{.path = work.path, .before = work.before, .after = {}, .kept = {}});
    auto& file = found->second;
    file.after.reset();
    if (const auto kept = kept_.find(work.path); kept != kept_.end()) file.kept = kept->second;
    if (work.staged)
      file.after = {.hash = work.staged->hash,
                    .size = work.staged->size,
                    .mode = work.staged->mode,
                    .mtime_ns = work.staged->stamp.mtime_ns};
    if (work.path == new_record_path_) file.after = AppliedState{};
    if (!file.before && !file.after) by_path.erase(found);
  }
  changes.files.clear();
  for (auto& [path, file] : by_path) changes.files.push_back(std::move(file));
  return changes;
}

std::string EditChange::new_record() const {
  std::map<std::string_view, const FileWork*> changed;
  for (const auto& work : files)
    if (work.path != record_path_ && work.path != new_record_path_) changed.emplace(work.path, &work);
  const auto entry_of = [](const FileWork& work) {
    return RecordedEntry{
        .path = work.path, .row_path = work.path, .new_hash = work.staged->hash, .size = work.staged->size};
  };
  std::vector<RecordedEntry> entries;
  for (const auto& row : record_->rows()) {
    if (row.path == record_path_) continue;
    if (const auto moved = moved_.find(row.path); moved != moved_.end()) {
      entries.push_back(entry_of(*changed.at(moved->second)));
      entries.back().row_path = row.path;
      changed.erase(moved->second);
      continue;
    }
    const auto found = changed.find(row.path);
    if (found == changed.end())
      entries.push_back({.path = row.path, .row_path = row.path, .new_hash = {}, .size = 0});
    else if (!found->second->is_removed)
      entries.push_back(entry_of(*found->second));
  }
  for (const auto& [path, work] : changed)
    if (!work->is_removed && record_->find(path) == nullptr) entries.push_back(entry_of(*work));
  return update_record(*record_, record_path_, new_record_path_, entries,
                       [](std::string_view) { return true; })
      .record;
}

CommittedEdit EditChange::result() {
  CommittedEdit result;
  for (std::size_t i = 0; i < edited_; ++i) {
    const auto found = edit_.overlay().find(files[i].path);
    if (found == edit_.overlay().end()) continue;
    if (found->second)
      for (const auto how : found->second->how) result.changed.push_back({found->first, how});
    else
      result.changed.push_back({found->first, How::removed});
  }
  if (const auto moved = moved_.find(wheel_.dist_info() + "/METADATA"); moved != moved_.end())
    result.changed.push_back({moved->second, How::patched});
  if (record_) result.changed.push_back({new_record_path_, How::record});
  result.version = edit_.output_name().version_text();
  result.notes = notes_.take();
  return result;
}

}  // namespace wheelfix
