#include <wheelfix/site.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <wheelfix/error.hpp>
#include <wheelfix/spelling.hpp>

#include "base/full_stamp.hpp"
#include "base/path_within.hpp"
#include "base/text.hpp"
#include "doctor/installation.hpp"
#include "doctor/installed_set.hpp"
#include "installed/installed.hpp"
#include "site/commit.hpp"
#include "site/edit_change.hpp"
#include "site/information_files.hpp"
#include "site/site_lock.hpp"
#include "site/site_run.hpp"
#include "site/undo_change.hpp"

namespace wheelfix {

namespace fs = std::filesystem;

struct Site::State {
  SiteOptions options;
  Installation installation;
  std::vector<SiteLock> locks;
  std::vector<Wheel> own, others;
  std::vector<Finding> findings;
  std::vector<std::string> notices;
};

namespace {

bool is_in(const fs::path& folder, const std::vector<fs::path>& prefixes) {
  return std::ranges::any_of(prefixes, [&](const fs::path& prefix) {
    std::error_code ignored;
    return path_within(folder, fs::weakly_canonical(prefix, ignored)).has_value();
  });
}

/// By paths without symlinks, each once.
std::vector<SysPathFolder> canonical_folders(const std::vector<SysPathFolder>& folders) {
  std::vector<SysPathFolder> result;
  for (auto folder : folders) {
    std::error_code failure;
    if (auto real = fs::canonical(folder.path, failure); !failure) folder.path = std::move(real);
    if (std::ranges::find(result, folder.path, &SysPathFolder::path) == result.end())
      result.push_back(std::move(folder));
  }
  return result;
}

void add_notices(const fs::path& site, const InterruptedCommit& commit, std::vector<std::string>& notices) {
  if (!commit.is_finished) return;
  notices.push_back(fmt::format("{}: a change that an earlier run was killed in is finished now",
                                printable(site.string())));
  for (const auto& path : commit.foreign)
    notices.push_back(fmt::format("{}: was replaced since, and stays as it is", printable(path)));
}

[[noreturn]] void refuse_interrupted(const fs::path& site) {
  throw Error(ErrorCode::io, site.string(), "has a change that a run of wheelfix was killed in",
              "`wheelfix undo`, `patch` or `repair` with --env finishes it before anything else");
}

}  // namespace

Site::Site(std::unique_ptr<State> state) : state_(std::move(state)) {}
Site::Site(Site&&) noexcept = default;
Site& Site::operator=(Site&&) noexcept = default;
Site::~Site() = default;

Site Site::open(const std::vector<fs::path>& paths, const SiteOptions& options) {
  auto state = std::make_unique<State>(State{.options = options,
                                             .installation = find_installation(paths, options.python),
                                             .locks = {},
                                             .own = {},
                                             .others = {},
                                             .findings = {},
                                             .notices = {}});
  auto& installation = state->installation;
  state->findings = std::move(installation.findings);
  installation.folders = canonical_folders(installation.folders);
  for (const auto& folder : installation.folders) {
    if (!is_in(folder.path, installation.prefixes)) continue;
    if (options.access == SiteAccess::change) {
      state->locks.emplace_back(folder.path);
      add_notices(folder.path, recover_site(folder.path), state->notices);
    } else if (is_interrupted(folder.path)) {
      refuse_interrupted(folder.path);
    }
  }
  auto packages = find_installed(installation.folders, "/", options.limits, options.jobs);
  state->findings.insert(state->findings.end(), packages.findings.begin(), packages.findings.end());
  for (auto& wheel : packages.distributions) {
    const bool is_own = std::ranges::find(installation.folders, wheel.path(), &SysPathFolder::path) !=
                            installation.folders.end() &&
                        is_in(wheel.path(), installation.prefixes);
    if (is_own)
      state->own.push_back(with_information_files(wheel));
    else
      state->others.push_back(std::move(wheel));
  }
  return Site(std::move(state));
}

const std::string& Site::name() const {
  return state_->installation.name;
}
const std::vector<Wheel>& Site::distributions() const {
  return state_->own;
}
const std::vector<Wheel>& Site::others() const {
  return state_->others;
}
const std::vector<Finding>& Site::findings() const {
  return state_->findings;
}
const std::vector<std::string>& Site::notices() const {
  return state_->notices;
}

const Wheel& Site::distribution(std::string_view project) const {
  const auto name_of = [](const Wheel& wheel) { return normalize_project_name(wheel.name().distribution()); };
  const auto wanted = normalize_project_name(project);
  const auto found = std::ranges::find(state_->own, wanted, name_of);
  if (found != state_->own.end()) return *found;
  if (std::ranges::find(state_->others, wanted, name_of) != state_->others.end())
    throw Error(ErrorCode::usage, name(),
                fmt::format("{} isn't installed in this environment itself", printable(project)),
                "give --env the environment or the folder of packages that it is installed in");
  std::vector<std::string> names;
  for (const auto& wheel : state_->own) names.push_back(name_of(wheel));
  const std::vector<std::string_view> known(names.begin(), names.end());
  const auto like = spelled_like(wanted, known);
  throw Error(
      ErrorCode::usage, name(), fmt::format("{} isn't installed", printable(project)),
      like.empty() ? "`pip list` or `uv pip list` names what is" : fmt::format("is it {}?", or_list(like)));
}

std::unique_ptr<WheelSet> Site::read_set(std::vector<WheelEdit> edits) const {
  auto python = state_->installation.python;
  return read_installed_set(
      std::move(edits), {}, system_of(state_->installation, "/", true), python,
      {.limits = state_->options.limits, .jobs = state_->options.jobs, .progress = state_->options.progress});
}

std::vector<CommittedEdit> Site::commit(const std::vector<const WheelEdit*>& edits,
                                        const SiteCommitOptions& options, const SiteAnnouncement& announce) {
  std::vector<std::unique_ptr<SiteChange>> changes;
  auto run = options.run;
  run.time = time_now() / 1'000'000'000;
  for (std::size_t i = 0; i < edits.size(); ++i) {
    if (!options.sources.empty()) run.sources = options.sources.at(i);
    changes.push_back(std::make_unique<EditChange>(*edits[i], run));
  }
  return run_changes(changes, options, state_->options, announce);
}

std::vector<PatchedPackage> Site::patched() const {
  std::vector<PatchedPackage> found;
  for (const auto& wheel : state_->own) {
    auto applied = applied_changes(wheel);
    if (!applied) continue;
    std::vector<std::unique_ptr<SiteChange>> changes;
    changes.push_back(std::make_unique<UndoChange>(wheel, *applied));
    look_at_all(changes, state_->options.jobs);
    PatchedPackage package{.wheel = wheel, .applied = {}, .differing = {}};
    for (auto& [path, message] : differing_files(*changes.front(), *applied))
      package.differing.push_back({.code = FindingCode::record_hash_mismatch,
                                   .severity = Severity::warning,
                                   .wheel = wheel.path().string(),
                                   .path = std::move(path),
                                   .message = std::move(message)});
    package.applied = std::move(*applied);
    found.push_back(std::move(package));
  }
  return found;
}

std::vector<CommittedEdit> Site::undo(const std::vector<Wheel>& packages, const SiteCommitOptions& options,
                                      const SiteAnnouncement& announce) {
  std::vector<std::unique_ptr<SiteChange>> changes;
  for (const auto& wheel : packages) {
    auto applied = applied_changes(wheel);
    if (!applied)
      throw Error(ErrorCode::usage, name(),
                  fmt::format("{} is as it was installed", wheel.name().distribution()),
                  "`wheelfix status` lists what is patched");
    changes.push_back(std::make_unique<UndoChange>(wheel, std::move(*applied)));
  }
  return run_changes(changes, options, state_->options, announce);
}

}  // namespace wheelfix
