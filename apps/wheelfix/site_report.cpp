#include "wheelfix/site_report.hpp"

#include <nlohmann/json.hpp>
#include <wheelfix/build_info.hpp>
#include <wheelfix/error.hpp>

#include "wheelfix/patch_report.hpp"

namespace cli {

using namespace wheelfix;

Site open_site(const CommandLine& line, SiteAccess access) {
  const auto paths = line.list("env");
  return open_site(line, {paths.begin(), paths.end()}, access);
}

Site open_site(const CommandLine& line, const std::vector<std::filesystem::path>& paths, SiteAccess access) {
  auto site = Site::open(paths, {.python = {},
                                 .access = line.has("dry-run") ? SiteAccess::read : access,
                                 .limits = line.limits(),
                                 .jobs = line.jobs(),
                                 .progress = progress_line(line.verbosity())});
  for (const auto& notice : site.notices()) print_line("note: " + notice);
  print_findings(line, site.findings());
  return site;
}

SiteCommitOptions site_commit_options(const CommandLine& line, std::string command,
                                      std::vector<AppliedSource> sources) {
  return {.run = {.version = version_string(), .command = std::move(command), .sources = std::move(sources)},
          .force = line.has("force"),
          .dry_run = line.has("dry-run")};
}

std::vector<AppliedSource> sources_of(const Recipe& recipe) {
  std::vector<AppliedSource> sources;
  for (const auto& removal : recipe.removals) sources.push_back({"--remove " + removal.glob, ""});
  for (const auto& patch : recipe.patches)
    sources.push_back(applied_source(patch.file.filename().string(), patch.file));
  for (const auto& addition : recipe.additions)
    sources.push_back(applied_source("--add " + addition.entry, addition.file));
  for (const auto& rule : recipe.rules) sources.push_back({rule.origin + " " + rule.glob, ""});
  for (const auto& stub : recipe.stubs) sources.push_back(applied_source("--stub " + stub.entry, stub.file));
  return sources;
}

void print_committed(const CommandLine& line, const Site& site, const std::vector<Wheel>& packages,
                     const std::vector<CommittedEdit>& results) {
  auto items = nlohmann::ordered_json::array();
  std::string names;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto& wheel = packages[i];
    items.push_back({{"name", wheel.name().distribution()},
                     {"version", results[i].version},
                     {"folder", wheel.path().string()},
                     {"changed", to_json(results[i].changed)}});
    names += printable(wheel.name().distribution() + " " + results[i].version) + "\n";
  }
  try {
    line.json() ? print_json({{"environment", site.name()}, {"packages", items}}) : print(names);
  } catch (const Error& error) {
    throw Error(error.code(), error.subject(), error.message() + "; nothing is changed", error.hint());
  }
}

}  // namespace cli
