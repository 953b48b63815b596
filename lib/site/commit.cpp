#include "site/commit.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <optional>
#include <wheelfix/error.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "site/site_paths.hpp"
#include "site/staging.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

constexpr const char* journal_name = "journal";

/// Of a symlink itself; nothing if there is no such name.
std::optional<FileStamp> stamp_at(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) return stamp_of(status);
  if (errno != ENOENT && errno != ENOTDIR) throw_io_error(path, "stat", errno);
  return std::nullopt;
}

void rename_file(const fs::path& from, const fs::path& to, const fs::path& target) {
  if (::rename(from.c_str(), to.c_str()) != 0) throw_io_error(target, "rename", errno);
}

/// False if the file system can't.
bool exchange_files(const fs::path& one, const fs::path& target) {
  if (::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) == 0) return true;
  if (errno != EINVAL && errno != ENOSYS) throw_io_error(target, "rename", errno);
  return false;
}

void rename_if_free(const fs::path& from, const fs::path& target) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) == 0) return;
  if (errno != EINVAL && errno != ENOSYS) throw_io_error(target, "rename", errno);
  if (stamp_at(target)) throw_io_error(target, "rename", EEXIST);
  rename_file(from, target, target);
}

}  // namespace

SiteCommit::SiteCommit(fs::path site, Journal journal)
    : site_(std::move(site)), folder_(site_ / staging_name), journal_(std::move(journal)) {}

void SiteCommit::run(const std::function<void()>& announce) {
  for (std::size_t i = 0; i < journal_.files.size(); ++i)
    if (state(i) != State::pending) throw_changed(target(i));
  write_journal();
  try {
    put_all({});
    if (announce) announce();
  } catch (...) {
    put_back_all();
    throw;
  }
  end();
}

std::vector<std::string> SiteCommit::finish_interrupted() {
  const auto foreign = foreign_files();
  std::vector<std::string> paths;
  for (const auto number : foreign) paths.push_back(journal_.files[number].path);
  try {
    put_all(foreign);
  } catch (...) {
    put_back_all();
    throw;
  }
  end();
  return paths;
}

fs::path SiteCommit::target(std::size_t number) const {
  return file_inside(site_, journal_.files[number].path);
}

SiteCommit::State SiteCommit::state(std::size_t number) const {
  const auto& [path, before, after, distribution, is_record] = journal_.files[number];
  const auto there = stamp_at(target(number));
  if (there && there == after) return State::done;
  if (there) return there == before ? State::pending : State::foreign;
  if (!after) return stamp_at(kept_path(folder_, number)) == before ? State::done : State::foreign;
  // One that was there is moved aside for a moment if names can't be exchanged; else it was uninstalled.
  const bool is_pending = before ? stamp_at(kept_path(folder_, number)) == before
                                 : stamp_at(staged_path(folder_, number)) == after;
  return is_pending ? State::pending : State::foreign;
}

std::set<std::size_t> SiteCommit::foreign_files() const {
  std::set<std::size_t> foreign, distributions;
  for (std::size_t i = 0; i < journal_.files.size(); ++i) {
    if (state(i) != State::foreign) continue;
    foreign.insert(i);
    if (journal_.files[i].is_record) distributions.insert(journal_.files[i].distribution);
  }
  for (std::size_t i = 0; i < journal_.files.size(); ++i)
    if (distributions.contains(journal_.files[i].distribution)) foreign.insert(i);
  return foreign;
}

void SiteCommit::write_journal() const {
  const auto path = folder_ / journal_name;
  const auto temporary = folder_ / (std::string(journal_name) + ".tmp");
  {
    const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.get() < 0) throw_io_error(path, "write", errno);
    write_all(file.get(), to_text(journal_), path);
    if (::fsync(file.get()) != 0) throw_io_error(path, "sync", errno);
  }
  sync_folder(folder_);  // the names of the new files
  rename_file(temporary, path, path);
  try {
    sync_folder(folder_);
  } catch (...) {
    ::unlink(path.c_str());
    throw;
  }
}

void SiteCommit::put_all(const std::set<std::size_t>& skipped) {
  std::set<fs::path> folders;
  for (std::size_t i = 0; i < journal_.files.size(); ++i) {
    if (skipped.contains(i)) continue;
    if (state(i) == State::pending) put(i);
    folders.insert(target(i).parent_path());
  }
  for (const auto& folder : folders)
    if (is_folder(folder)) sync_folder(folder);
}

void SiteCommit::put(std::size_t number) {
  const auto& file = journal_.files[number];
  const auto path = target(number), staged = staged_path(folder_, number), kept = kept_path(folder_, number);
  if (!file.after) return rename_file(path, kept, path);
  made_.make(path.parent_path());
  if (!file.before || !stamp_at(path)) return rename_if_free(staged, path);
  if (exchange_files(staged, path)) return;
  rename_file(path, kept, path);
  rename_file(staged, path, path);
}

/// In reverse order, as far as it was done.
void SiteCommit::put_back_all() {
  try {
    for (auto number = journal_.files.size(); number-- > 0;) put_back(number);
    if (::unlink((folder_ / journal_name).c_str()) != 0)
      throw_io_error(folder_ / journal_name, "remove", errno);
  } catch (const Error& error) {
    made_.keep();
    throw Error(ErrorCode::io, error.subject(), error.message() + ", so a change was made only in part",
                "the next run that changes this environment finishes it");
  }
}

void SiteCommit::put_back(std::size_t number) {
  const auto& file = journal_.files[number];
  const auto path = target(number), staged = staged_path(folder_, number), kept = kept_path(folder_, number);
  if (file.before && stamp_at(kept) == file.before) return rename_file(kept, path, path);
  if (!file.after || stamp_at(path) != file.after) return;
  if (!file.before) return rename_file(path, staged, path);
  if (stamp_at(staged) == file.before) rename_file(staged, path, path);
}

void SiteCommit::end() {
  made_.keep();
  remove_empty_folders();
  const auto path = folder_ / journal_name;
  if (::unlink(path.c_str()) != 0) throw_io_error(path, "remove", errno);
  clear_staging(folder_);
}

void SiteCommit::remove_empty_folders() const {
  for (std::size_t i = 0; i < journal_.files.size(); ++i) {
    if (journal_.files[i].after) continue;
    for (auto folder = target(i).parent_path(); folder != site_ && ::rmdir(folder.c_str()) == 0;)
      folder = folder.parent_path();
  }
}

bool is_interrupted(const fs::path& site) {
  std::error_code ignored;
  return fs::exists(site / staging_name / journal_name, ignored);
}

InterruptedCommit recover_site(const fs::path& site) {
  const auto folder = site / staging_name;
  InterruptedCommit result;
  if (is_interrupted(site)) {
    auto journal = parse_journal(read_file(folder / journal_name));
    if (!journal)
      throw Error(ErrorCode::io, (folder / journal_name).string(),
                  "isn't the journal of a change that this version of wheelfix could finish",
                  "finish it with the version that made it; or remove " + printable(folder.string()) +
                      " and reinstall what was being changed");
    result = {.is_finished = true, .foreign = SiteCommit(site, std::move(*journal)).finish_interrupted()};
  }
  clear_staging(folder);
  return result;
}

}  // namespace wheelfix
