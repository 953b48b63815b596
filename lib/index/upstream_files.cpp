#include "index/upstream_files.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <wheelfix/error.hpp>
#include <wheelfix/version.hpp>

#include "base/text.hpp"
#include "base/workers.hpp"
#include "index/upstream_page.hpp"

namespace wheelfix {

namespace {

using Packages = std::vector<const Package*>;
using Kind = UpstreamNote::Kind;

std::set<std::string> normalised(const std::vector<std::string>& names) {
  std::set<std::string> all;
  for (const auto& name : names) all.insert(normalize_project_name(name));
  return all;
}

/// Whether one of our versions, without its local label, is one of upstream's. If none is, somebody may have
/// put another project there, under the name of ours.
bool is_same_project(const Packages& ours, const std::vector<PageFile>& theirs) {
  std::set<Version> known;
  for (const auto& file : theirs) known.insert(Version::parse(Version::parse(file.version).public_string()));
  return std::ranges::any_of(ours, [&](const Package* package) {
    return known.contains(Version::parse(Version::parse(package->version).public_string()));
  });
}

/// Files of ours that are others than upstream's of the same names.
void note_shadowed(const Packages& ours, const std::vector<PageFile>& theirs,
                   std::vector<UpstreamNote>& notes) {
  std::map<std::string_view, std::string_view> hashes;
  for (const auto* package : ours) hashes.emplace(package->file_name, package->sha256);
  for (const auto& file : theirs) {
    const auto same = hashes.find(file.file_name);
    const bool has_hash = !file.hashes.empty() && file.hashes[0].first == "sha256";
    if (same != hashes.end() && has_hash && ascii_lower(file.hashes[0].second) != same->second)
      notes.push_back({Kind::shadowed, file.file_name});
  }
}

}  // namespace

UpstreamFiles read_upstream(const Upstream& upstream, const std::map<std::string, Packages>& ours,
                            unsigned jobs) {
  const auto wanted = normalised(upstream.projects);
  const auto own = normalised(upstream.private_projects);
  std::vector<std::string> names;
  for (const auto& [name, packages] : ours) {
    if (!own.contains(name)) names.push_back(name);
  }
  std::vector<std::optional<UpstreamPage>> pages(names.size());
  for_each_parallel(names.size(), jobs, [&](std::size_t i) {
    if (const auto page = upstream.fetch(names[i])) pages[i] = parse_upstream_page(*page, names[i]);
  });
  UpstreamFiles files;
  bool is_newer = false, is_known = names.empty();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto& packages = ours.at(names[i]);
    if (!pages[i] && packages.empty())
      throw Error(ErrorCode::usage, "--upstream-project", upstream.url + " has no project " + names[i],
                  "check the spelling");
    if (!pages[i]) continue;
    is_known = true;
    is_newer = is_newer || pages[i]->is_newer;
    if (!wanted.contains(names[i]) && !is_same_project(packages, pages[i]->files)) {
      if (!pages[i]->files.empty()) files.notes.push_back({Kind::other_project, names[i]});
      continue;
    }
    note_shadowed(packages, pages[i]->files, files.notes);
    files.by_project.emplace(names[i], std::move(pages[i]->files));
  }
  if (is_newer) files.notes.push_back({Kind::newer, upstream.url});
  if (!is_known) files.notes.push_back({Kind::absent, upstream.url});
  std::ranges::sort(files.notes);
  return files;
}

}  // namespace wheelfix
