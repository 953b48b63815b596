#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/applied_changes.hpp>
#include <wheelfix/edit.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/imports.hpp>
#include <wheelfix/limits.hpp>
#include <wheelfix/progress.hpp>
#include <wheelfix/wheel.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

enum class SiteAccess {
  read,    ///< to look, or for a dry run
  change,  ///< no other run of wheelfix can change it meanwhile
};

struct SiteOptions {
  /// The Python to use, as DoctorOptions has it, in place of the one that is found near the packages.
  std::optional<std::string> python = {};
  SiteAccess access = SiteAccess::change;
  Limits limits = {};
  unsigned jobs = 0;  ///< threads; 0: one for each processor
  ProgressCallback progress = {};
};

struct SiteCommitOptions {
  /// What is written into wheelfix.json about an edit, with the time at which it is made.
  AppliedRun run = {};
  /// Of each edit those of its own, in place of the run's; empty: the run's, for all.
  std::vector<std::vector<AppliedSource>> sources = {};
  bool force = false;    ///< change files too that differ from their hash in RECORD
  bool dry_run = false;  ///< check all and report it, change nothing
};

/// What was done to an installed distribution.
struct CommittedEdit {
  std::string version;          ///< of the package after it
  std::vector<Change> changed;  ///< in order of path, RECORD last
  std::vector<Finding> notes;   ///< what was done beyond the edit
};

/// An installed package that wheelfix changed.
struct PatchedPackage {
  Wheel wheel;
  AppliedChanges applied;
  std::vector<Finding> differing;  ///< warnings: files that aren't as wheelfix left them
};

/// Called when all is in place, or would be on a dry run. If it throws, all is put back.
using SiteAnnouncement = std::function<void(const std::vector<CommittedEdit>&)>;

/// What is installed in a Python environment, to be changed where it is.
class Site {
 public:
  /// Opens the environment that paths stand for, as examine_installed takes them. For SiteAccess::change its
  /// folders of packages are locked while this lives, and what a run that was killed left is finished or
  /// removed first. Throws as examine_installed, and Error{io} if a folder can't be written to, another run
  /// has it, or, for SiteAccess::read, a run that was killed has left a change to be finished.
  static Site open(const std::vector<std::filesystem::path>& paths, const SiteOptions& options = {});
  Site(Site&&) noexcept;
  Site& operator=(Site&&) noexcept;
  ~Site();

  const std::string& name() const;  ///< the environment's, as given or found
  /// Those that can be changed: in folders below what was given, or in the prefix of the interpreter. Beside
  /// the installed files they have those of dist-info as entries.
  const std::vector<Wheel>& distributions() const;
  /// What Python imports from elsewhere: PYTHONPATH, the system's packages of a venv that sees them, editable
  /// installs.
  const std::vector<Wheel>& others() const;
  const std::vector<Finding>& findings() const;  ///< what can't be read
  /// What was done about a change that an earlier run was killed in, in words.
  const std::vector<std::string>& notices() const;

  /// The one of a project. Throws Error{usage}, with the names that are like it.
  const Wheel& distribution(std::string_view project) const;

  /// Reads what is installed as a set, by the system and the Python that it is in (see RepairOptions).
  std::unique_ptr<WheelSet> read_set(std::vector<WheelEdit> edits) const;

  /// Changes the installed files as the edits say, of distributions(), all of them or none, and brings RECORD
  /// up to date. Each changed file is a new one that gets the name of the old one: other names of it (hard
  /// links, as uv makes them) keep the old content, and so do processes that have it mapped; a symlink
  /// becomes a file. Permissions stay, and owners as far as this user may set them. Compiled Python of
  /// changed modules is removed. New content is on disk before the first name changes; a process that is
  /// killed after that leaves what the next one that opens the environment finishes. A label is not used: the
  /// version stays.
  ///
  /// What was done, and what the installer had written, is kept in wheelfix.json and `wheelfix/` in dist-info
  /// (see AppliedChanges), for undo. A later edit keeps what the installer wrote, not what is between.
  ///
  /// Edits that change nothing are skipped. After this, open the environment again. Throws Error{bad_wheel}
  /// for a file that differs from its hash in RECORD (see force), one outside of the environment or below a
  /// folder that is a symlink, and for what `write` refuses; Error{io}, also for a file that changed
  /// meanwhile.
  std::vector<CommittedEdit> commit(const std::vector<const WheelEdit*>& edits,
                                    const SiteCommitOptions& options = {},
                                    const SiteAnnouncement& announce = {});

  /// Those of distributions() that wheelfix changed, and whether they are still so. Throws as
  /// applied_changes.
  std::vector<PatchedPackage> patched() const;

  /// Brings back what the installers of these packages wrote, each byte, permission and time of modification,
  /// in the way of `commit`. Throws Error{usage} for one that isn't changed, Error{bad_wheel} for a file that
  /// isn't as wheelfix left it (see force).
  std::vector<CommittedEdit> undo(const std::vector<Wheel>& packages, const SiteCommitOptions& options = {},
                                  const SiteAnnouncement& announce = {});

 private:
  struct [[gnu::visibility("hidden")]] State;
  explicit Site(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace wheelfix
#pragma GCC visibility pop
