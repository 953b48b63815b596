#include "site/site_run.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <wheelfix/error.hpp>

#include "base/progress_meter.hpp"
#include "base/workers.hpp"
#include "site/commit.hpp"
#include "site/site_paths.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

using Changes = std::vector<std::unique_ptr<SiteChange>>;
using Place = std::pair<const SiteChange*, FileWork*>;

std::vector<Place> places_in(const Changes& changes) {
  std::vector<Place> places;
  for (const auto& change : changes)
    for (auto& work : change->files) places.emplace_back(change.get(), &work);
  return places;
}

/// Number i of the journal is number i of the places.
Journal journal_of(const Changes& changes, const fs::path& primary) {
  Journal journal;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto& change = *changes[i];
    for (const auto& work : change.files)
      journal.files.push_back({.path = work.target.lexically_relative(primary).generic_string(),
                               .before = work.stamp_before,
                               .after = work.staged ? std::optional(work.staged->stamp) : std::nullopt,
                               .distribution = i,
                               .is_record = work.path == change.record_path()});
  }
  return journal;
}

void stage_all(const Changes& changes, const fs::path& folder, const SiteOptions& site) {
  const auto places = places_in(changes);
  ProgressMeter meter("writing", 0, site.progress);
  const auto stage = [&](std::size_t i) {
    places[i].first->stage(*places[i].second, folder, i);
    if (places[i].second->staged) meter.add(places[i].second->staged->size);
  };
  for_each_parallel(places.size(), site.jobs, [&](std::size_t i) {
    if (!places[i].second->is_last) stage(i);
  });
  for (std::size_t i = 0; i < places.size(); ++i)
    if (places[i].second->is_last) stage(i);
}

/// Of two distributions, like a list of conda's that has files of both.
void refuse_twice(const Changes& changes) {
  std::set<fs::path> targets;
  for (const auto& [change, work] : places_in(changes))
    if (!targets.insert(work->target).second)
      throw Error(ErrorCode::bad_wheel, work->target.string(),
                  "would be changed twice, because it belongs to two of the packages",
                  "change one package at a time");
}

std::vector<CommittedEdit> results_of(const Changes& changes) {
  std::vector<CommittedEdit> results;
  for (const auto& change : changes) results.push_back(change->result());
  return results;
}

}  // namespace

void look_at_all(const Changes& changes, unsigned jobs) {
  const auto places = places_in(changes);
  for_each_parallel(places.size(), jobs, [&](std::size_t i) { places[i].first->look(*places[i].second); });
}

std::vector<CommittedEdit> run_changes(const Changes& changes, const SiteCommitOptions& options,
                                       const SiteOptions& site, const SiteAnnouncement& announce) {
  look_at_all(changes, site.jobs);
  for (const auto& change : changes) change->compare(options.force);
  refuse_twice(changes);
  const auto results = results_of(changes);
  const auto call_back = [&] {
    if (announce) announce(results);
  };
  const bool is_empty =
      std::ranges::all_of(changes, [](const auto& change) { return change->files.empty(); });
  if (options.dry_run || is_empty) {
    call_back();
    return results;
  }
  const auto primary = changes.front()->wheel().path();
  try {
    stage_all(changes, primary / staging_name, site);
    SiteCommit(primary, journal_of(changes, primary)).run(call_back);
    return results;
  } catch (...) {
    if (!is_interrupted(primary)) clear_staging(primary / staging_name);
    throw;
  }
}

}  // namespace wheelfix
