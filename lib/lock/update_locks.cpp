#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <list>
#include <map>
#include <set>
#include <wheelfix/error.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/lock.hpp>

#include "base/atomic_file.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "lock/lock_place.hpp"
#include "lock/patched_wheels.hpp"
#include "lock/requirements_lock.hpp"
#include "lock/toml_lock.hpp"

namespace wheelfix {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t max_lock_size = 16 << 20;
constexpr std::size_t max_lock_files = 1000;

/// A lock file as it was read, and what is to change in it.
struct OpenLock {
  fs::path path;    ///< as given
  fs::path target;  ///< without links
  File file;
  std::string text;
  LockKind kind;
  LockPlan plan = {};
  RequirementLines lines = {};
  std::string place = {};  ///< of a line that is added

  bool is_changed() const { return !plan.edits.empty(); }
};

LockKind kind_of(const fs::path& path) {
  const auto name = path.filename().string();
  if (name == "pylock.toml" || (name.starts_with("pylock.") && name.ends_with(".toml")))
    return LockKind::pylock;
  if (name == "uv.lock" || name.ends_with(".py.lock")) return LockKind::uv;
  if (name.ends_with(".lock") || name.ends_with(".toml") || name.ends_with(".json"))
    throw Error(ErrorCode::usage, printable(path.string()), "isn't a kind of lock file that wheelfix knows",
                "it knows uv.lock, SCRIPT.py.lock, pylock.toml, pylock.NAME.toml, and requirements files, "
                "whose name is any other");
  return LockKind::requirements;
}

OpenLock open_lock(const fs::path& path, LockKind kind) {
  std::error_code error;
  auto target = fs::canonical(path, error);
  if (error) throw_io_error(path, "open", error.value());
  auto file = File::open(path);
  if (file.size() > max_lock_size)
    throw Error(ErrorCode::limit_exceeded, printable(path.string()),
                fmt::format("has more than {} bytes", max_lock_size));
  auto text = file.read(0, static_cast<std::size_t>(file.size()));
  return {.path = path,
          .target = std::move(target),
          .file = std::move(file),
          .text = std::move(text),
          .kind = kind};
}

/// All files that are looked at, each once.
class LockFiles {
 public:
  LockFiles(const PatchedWheels& wheels, const LockOptions& options) : wheels_(wheels), options_(options) {}

  void add(const fs::path& path) {
    const auto kind = kind_of(path);
    const auto first = locks_.size();
    if (add_one(path, kind) && kind == LockKind::requirements) add_place_lines(first);
  }

  /// Throws Error{does_not_apply} for a project that no file pins.
  void require_all_pinned() const {
    for (const auto& project : wheels_.projects()) {
      const auto is_pinned = [&](const OpenLock& lock) { return contains(lock.plan.pinned, project); };
      if (std::ranges::any_of(locks_, is_pinned)) continue;
      const auto unpinned = unpinned_.find(project);
      throw Error(ErrorCode::does_not_apply,
                  unpinned == unpinned_.end() ? printable(locks_.front().path.string()) : unpinned->second,
                  unpinned == unpinned_.end()
                      ? fmt::format("doesn't have {}, of which there is a wheel, {}", project,
                                    wheels_.of(project).front().wheels.front().file_name())
                      : fmt::format("doesn't pin a version of {}", project),
                  unpinned == unpinned_.end()
                      ? "give the lock file that has it, or name the wheels one by one with --wheels"
                      : "lock it first: `pip-compile` and `uv pip compile` write `==` and the version");
    }
  }

  const std::list<OpenLock>& locks() const { return locks_; }

 private:
  bool add_one(const fs::path& path, LockKind kind) {
    if (locks_.size() == max_lock_files)
      throw Error(ErrorCode::limit_exceeded, printable(path.string()),
                  fmt::format("is one of more than {} files", max_lock_files));
    auto lock = open_lock(path, kind);
    if (!seen_.insert(lock.target).second) return false;
    locks_.push_back(std::move(lock));
    plan(locks_.back());
    return true;
  }

  void plan(OpenLock& lock) {
    const LockPlaces places = {options_.index, options_.base_url};
    switch (lock.kind) {
      case LockKind::requirements:
        return plan_lines(lock);
      case LockKind::pylock:
        lock.plan = plan_pylock(lock.text, wheels_, places, lock.path);
        return;
      case LockKind::uv:
        lock.plan = plan_uv_lock(lock.text, wheels_, places, lock.path);
    }
  }

  void plan_lines(OpenLock& lock) {
    const auto name = printable(lock.path.string());
    lock.lines = RequirementLines::parse(lock.text, name);
    lock.plan = plan_requirements(lock.text, lock.lines, wheels_, name);
    for (const auto& requirement : lock.lines.requirements)
      if (!requirement.version)
        unpinned_.emplace(requirement.project, fmt::format("{}:{}", name, requirement.line));
    for (const auto& option : lock.lines.options) {
      const auto& [option_name, value, line, end] = option;
      const bool is_include = option_name == "--requirement" || option_name == "--constraint";
      if (is_include && !is_url(value)) add_one(lock.path.parent_path() / value, LockKind::requirements);
      if (option_name == "--index-url" || option_name == "--extra-index-url") known_places_.push_back(value);
      if (option_name == "--find-links")
        known_places_.push_back(
            is_url(value) ? value
                          : fs::absolute(lock.path.parent_path() / value).lexically_normal().string());
    }
  }

  bool is_known(const std::string& place) const {
    return std::ranges::any_of(known_places_,
                               [&](const std::string& known) { return is_same_place(known, place); });
  }

  /// A line in the file that was given, for what it and those that it includes need; they begin with `first`.
  void add_place_lines(std::size_t first) {
    auto& given = *std::next(locks_.begin(), static_cast<std::ptrdiff_t>(first));
    std::set<fs::path> folders;
    for (auto lock = std::next(locks_.begin(), static_cast<std::ptrdiff_t>(first)); lock != locks_.end();
         ++lock)
      for (const auto& project : lock->plan.pinned)
        for (const auto& version : wheels_.of(project)) folders.insert(version.folder());
    if (folders.empty()) return;
    if (!options_.index.empty()) {
      if (!is_known(options_.index)) add_line(given, "--extra-index-url", options_.index);
      return;
    }
    for (const auto& folder : folders)
      if (!is_known(fs::absolute(folder).lexically_normal().string()))
        add_line(given, "--find-links", path_from(given.path, folder));
  }

  void add_line(OpenLock& lock, std::string_view option, const std::string& place) {
    lock.place = place;
    lock.plan.edits.push_back(add_option_line(lock.text, lock.lines, option, place));
  }

  const PatchedWheels& wheels_;
  const LockOptions& options_;
  std::list<OpenLock> locks_;
  std::set<fs::path> seen_;
  std::map<std::string, std::string> unpinned_;  ///< a project, and where
  std::vector<std::string> known_places_;
};

LockReport report_of(const std::list<OpenLock>& locks) {
  LockReport report;
  for (const auto& lock : locks) {
    auto& file = report.files.emplace_back(LockedFile{lock.path, lock.kind, lock.is_changed(),
                                                      lock.plan.changes, lock.place, lock.plan.warnings});
    for (const auto& needs : lock.plan.uv_needs) {
      const auto settings = missing_uv_settings(lock.path, needs);
      if (!settings.empty() && !file.needed_settings.empty()) file.needed_settings += '\n';
      file.needed_settings += settings;
    }
  }
  return report;
}

/// The new file is the old one's user's, as far as that is allowed, and has its permissions.
void take_over_mode(const AtomicFile& made, const OpenLock& lock) {
  struct stat status {};
  if (::fstat(lock.file.fd(), &status) != 0) throw_io_error(lock.path, "stat", errno);
  const auto file = made.reopen();
  if (::fchown(file.fd(), status.st_uid, status.st_gid) != 0 && ::geteuid() == 0)
    throw_io_error(lock.path, "set the owner", errno);
  if (::fchmod(file.fd(), status.st_mode & 07777U) != 0)
    throw_io_error(lock.path, "set the permissions", errno);
}

void write_locks(const std::list<OpenLock>& locks, const LockOptions& options, const LockReport& report) {
  std::list<AtomicFile> files;
  for (const auto& lock : locks) {
    if (!lock.is_changed()) continue;
    auto& made = files.emplace_back(lock.target, Existing::replace);
    made.append(apply_edits(lock.text, lock.plan.edits));
    take_over_mode(made, lock);
  }
  for (const auto& lock : locks) lock.file.require_unchanged();
  for (auto& file : files) file.publish(Durability::none);
  if (options.written) options.written(report);
  for (auto& file : files) file.keep();
}

}  // namespace

std::string_view to_string(LockKind kind) noexcept {
  switch (kind) {
    case LockKind::requirements:
      return "requirements";
    case LockKind::pylock:
      return "pylock";
    case LockKind::uv:
      break;
  }
  return "uv";
}

LockReport update_locks(const std::vector<fs::path>& files, const LockOptions& options) {
  const auto wheels = PatchedWheels::read(options.wheels, options.limits, options.progress);
  LockFiles locks(wheels, options);
  for (const auto& file : files) locks.add(file);
  locks.require_all_pinned();
  auto report = report_of(locks.locks());
  if (options.is_check) {
    if (options.written) options.written(report);
    return report;
  }
  write_locks(locks.locks(), options, report);
  return report;
}

}  // namespace wheelfix
