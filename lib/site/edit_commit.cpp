#include "site/edit_commit.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <set>
#include <wheelfix/error.hpp>

#include "base/finding_sink.hpp"
#include "base/hash.hpp"
#include "base/progress_meter.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "installed/documents.hpp"
#include "library/entry_source.hpp"
#include "site/commit.hpp"
#include "site/edited_files.hpp"
#include "site/site_paths.hpp"
#include "site/staging.hpp"
#include "wheel/hash_rows.hpp"
#include "wheel/record_update.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

/// A file of a distribution, and what becomes of it.
struct FileWork {
  EditedFile file;
  fs::path target;
  JournalFile journal = {};
  StagedFile staged = {};
  std::string old_hash = {};  ///< as its row in RECORD would have it; empty if it has none there
  std::uint64_t old_size = 0;
};

/// The files of one edit.
class DistributionCommit {
 public:
  DistributionCommit(const WheelEdit& edit, std::size_t number, const fs::path& primary)
      : edit_(edit),
        number_(number),
        primary_(primary),
        site_(edit.wheel().path()),
        record_path_(edit.wheel().dist_info() + "/RECORD"),
        notes_(site_.string()) {
    for (auto& file : edited_files(edit)) add(std::move(file));
    if (!files.empty()) read_record();
  }

  std::vector<FileWork> files;  ///< RECORD last, once it was made

  /// Reads what is there, if it is to be compared with RECORD.
  void check(FileWork& work) const {
    if (!work.file.is_there) return;
    const auto old = File::open(work.target);
    const auto* row = record_ ? record_->find(work.file.path) : nullptr;
    work.old_size = old.size();
    if (row != nullptr && algorithm_of(*row)) work.old_hash = hash_of(old, *algorithm_of(*row));
    struct stat status {};
    if (::lstat(work.target.c_str(), &status) != 0) throw_io_error(work.target, "stat", errno);
    work.journal.before = S_ISLNK(status.st_mode) ? stamp_of(status) : old.stamp();
    old.require_unchanged();
  }

  /// Compares it, which isn't done in parallel, so that the first file is the one that is reported.
  void compare(const FileWork& work, bool force) {
    const auto* row = record_ && work.file.is_there ? record_->find(work.file.path) : nullptr;
    if (row == nullptr || work.old_hash.empty()) return;
    if (comparable_hash(*row) == work.old_hash) return;
    const auto message = fmt::format("RECORD says {} and {} bytes, the file has {} and {} bytes",
                                     printable(row->hash), row->size, work.old_hash, work.old_size);
    const auto& name = edit_.wheel().name().distribution();
    if (!force)
      throw Error(ErrorCode::bad_wheel, work.target.string(), message,
                  fmt::format("it was changed after it was installed: reinstall {}, or use --force to change "
                              "it anyway",
                              name));
    notes_.warning(FindingCode::record_hash_mismatch, work.file.path, message);
  }

  /// Writes the new file into the staging folder.
  void stage(FileWork& work, const fs::path& folder, std::size_t number) const {
    if (work.file.is_removed) return;
    const auto content = [&](const std::function<void(std::string_view)>& sink) {
      stream_entry_edited(edit_, work.file.path, {}, sink);
    };
    work.staged = stage_file(folder, number, work.target, attributes(work), content);
    work.journal.after = work.staged.stamp;
  }

  /// Adds the new RECORD to the files, staged too.
  void stage_record(const fs::path& folder, std::size_t number) {
    if (!record_) return;
    FileWork work{.file = {.path = record_path_}, .target = file_inside(site_, record_path_)};
    check(work);
    const auto text = new_record();
    work.staged =
        stage_file(folder, number, work.target, attributes(work), [&](const auto& sink) { sink(text); });
    work.journal = journal_file(record_path_, work.journal.before, work.staged.stamp);
    work.journal.is_record = true;
    files.push_back(std::move(work));
  }

  CommittedEdit result() {
    CommittedEdit result;
    for (const auto& work : files) {
      const auto found = edit_.overlay().find(work.file.path);
      if (found == edit_.overlay().end()) continue;
      if (found->second)
        for (const auto how : found->second->how) result.changed.push_back({work.file.path, how});
      else
        result.changed.push_back({work.file.path, How::removed});
    }
    if (record_) result.changed.push_back({record_path_, How::record});
    result.notes = notes_.take();
    return result;
  }

 private:
  void add(EditedFile file) {
    auto target = file_inside(site_, file.path);
    auto journal = journal_file(file.path, {}, {});
    if (is_record_signature(file.path, edit_.wheel().dist_info()))
      notes_.warning(FindingCode::record_signature, file.path, "is removed: it signed the old RECORD");
    files.push_back({.file = std::move(file), .target = std::move(target), .journal = std::move(journal)});
  }

  JournalFile journal_file(const std::string& path, std::optional<FileStamp> before,
                           std::optional<FileStamp> after) const {
    const auto inside = (site_ / path).lexically_normal().lexically_relative(primary_).generic_string();
    return {.path = inside, .before = before, .after = after, .distribution = number_};
  }

  void read_record() {
    std::error_code failure;
    const auto file = site_ / record_path_;
    if (edit_.wheel().dist_info().empty() || !fs::exists(file, failure)) return;
    record_ = Record::parse(read_file(file), file.string(), most_rows_installed);
  }

  static std::string hash_of(const File& file, HashAlgorithm algorithm) {
    constexpr std::uint64_t piece = 1 << 20;
    Hasher hasher(algorithm);
    for (std::uint64_t at = 0; at < file.size(); at += piece)
      hasher.update(file.read(at, static_cast<std::size_t>(std::min(piece, file.size() - at))));
    return hasher.finish_for_record();
  }

  StagedAttributes attributes(const FileWork& work) const {
    if (!work.file.is_there) {
      auto attributes = new_file_attributes(site_, (work.file.mode.value_or(0) & 0111U) != 0);
      return attributes;
    }
    struct stat status {};
    if (::stat(work.target.c_str(), &status) != 0) throw_io_error(work.target, "stat", errno);
    return {.mode = work.file.mode.value_or(status.st_mode), .user = status.st_uid, .group = status.st_gid};
  }

  std::string new_record() const {
    std::map<std::string_view, const FileWork*> changed;
    for (const auto& work : files) changed.emplace(work.file.path, &work);
    std::vector<RecordedEntry> entries;
    for (const auto& row : record_->rows()) {
      if (row.path == record_path_) continue;
      const auto found = changed.find(row.path);
      if (found == changed.end())
        entries.push_back({.path = row.path, .row_path = row.path, .new_hash = {}, .size = 0});
      else if (!found->second->file.is_removed)
        entries.push_back(entry_of(*found->second));
    }
    for (const auto& work : files)
      if (!work.file.is_removed && record_->find(work.file.path) == nullptr)
        entries.push_back(entry_of(work));
    return update_record(*record_, record_path_, record_path_, entries, [](std::string_view) { return true; })
        .record.to_string();
  }

  static RecordedEntry entry_of(const FileWork& work) {
    return {.path = work.file.path,
            .row_path = work.file.path,
            .new_hash = work.staged.hash,
            .size = work.staged.size};
  }

  const WheelEdit& edit_;
  const std::size_t number_;
  const fs::path primary_, site_;
  const std::string record_path_;
  std::optional<Record> record_;
  FindingSink notes_;
};

class EditCommitter {
 public:
  EditCommitter(const std::vector<const WheelEdit*>& edits, const SiteCommitOptions& options,
                const SiteOptions& site)
      : options_(options), site_(site) {
    for (const auto* edit : edits) {
      if (primary_.empty()) primary_ = edit->wheel().path();
      distributions_.emplace_back(*edit, distributions_.size(), primary_);
    }
  }

  std::vector<CommittedEdit> run(const SiteAnnouncement& announce) {
    check_old();
    if (options_.dry_run || is_empty()) {
      auto results = take_results();
      if (announce) announce(results);
      return results;
    }
    const auto folder = primary_ / staging_name;
    try {
      auto journal = stage(folder);
      auto results = take_results();
      SiteCommit(primary_, std::move(journal)).run([&] {
        if (announce) announce(results);
      });
      return results;
    } catch (...) {
      if (!is_interrupted(primary_)) clear_staging(folder);
      throw;
    }
  }

 private:
  using Place = std::pair<DistributionCommit*, FileWork*>;

  std::vector<Place> places() {
    std::vector<Place> all;
    for (auto& distribution : distributions_)
      for (auto& work : distribution.files) all.emplace_back(&distribution, &work);
    return all;
  }

  bool is_empty() const {
    return std::ranges::all_of(distributions_, [](const auto& one) { return one.files.empty(); });
  }

  void check_old() {
    const auto all = places();
    for_each_parallel(all.size(), site_.jobs, [&](std::size_t i) { all[i].first->check(*all[i].second); });
    for (const auto& [distribution, work] : all) distribution->compare(*work, options_.force);
  }

  Journal stage(const fs::path& folder) {
    const auto all = places();
    ProgressMeter meter("writing", 0, site_.progress);
    for_each_parallel(all.size(), site_.jobs, [&](std::size_t i) {
      all[i].first->stage(*all[i].second, folder, i);
      meter.add(all[i].second->staged.size);
    });
    Journal journal;
    for (const auto& [distribution, work] : all) journal.files.push_back(work->journal);
    for (auto& distribution : distributions_) {
      if (distribution.files.empty()) continue;
      const auto before = distribution.files.size();
      distribution.stage_record(folder, journal.files.size());
      if (distribution.files.size() > before) journal.files.push_back(distribution.files.back().journal);
    }
    return journal;
  }

  std::vector<CommittedEdit> take_results() {
    std::vector<CommittedEdit> results;
    for (auto& distribution : distributions_) results.push_back(distribution.result());
    return results;
  }

  const SiteCommitOptions& options_;
  const SiteOptions& site_;
  fs::path primary_;
  std::vector<DistributionCommit> distributions_;
};

}  // namespace

std::vector<CommittedEdit> commit_edits(const std::vector<const WheelEdit*>& edits,
                                        const SiteCommitOptions& options, const SiteOptions& site,
                                        const SiteAnnouncement& announce) {
  return EditCommitter(edits, options, site).run(announce);
}

}  // namespace wheelfix
