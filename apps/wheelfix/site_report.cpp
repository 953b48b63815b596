#include "wheelfix/site_report.hpp"

#include <nlohmann/json.hpp>
#include <wheelfix/error.hpp>

#include "wheelfix/patch_report.hpp"

namespace cli {

using namespace wheelfix;

Site open_site(const CommandLine& line) {
  const auto paths = line.list("env");
  return open_site(line, {paths.begin(), paths.end()});
}

Site open_site(const CommandLine& line, const std::vector<std::filesystem::path>& paths) {
  auto site = Site::open(paths, {.python = {},
                                 .access = line.has("dry-run") ? SiteAccess::read : SiteAccess::change,
                                 .limits = line.limits(),
                                 .jobs = line.jobs(),
                                 .progress = progress_line(line.verbosity())});
  for (const auto& notice : site.notices()) print_line("note: " + notice);
  print_findings(line, site.findings());
  return site;
}

SiteCommitOptions site_commit_options(const CommandLine& line) {
  return {.force = line.has("force"), .dry_run = line.has("dry-run")};
}

void print_committed(const CommandLine& line, const Site& site, const std::vector<const WheelEdit*>& edits,
                     const std::vector<CommittedEdit>& results) {
  auto items = nlohmann::ordered_json::array();
  std::string names;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto& wheel = edits[i]->wheel();
    items.push_back({{"name", wheel.name().distribution()},
                     {"version", wheel.name().version_text()},
                     {"folder", wheel.path().string()},
                     {"changed", to_json(results[i].changed)}});
    names += printable(wheel.name().distribution() + " " + wheel.name().version_text()) + "\n";
  }
  try {
    line.json() ? print_json({{"environment", site.name()}, {"packages", items}}) : print(names);
  } catch (const Error& error) {
    throw Error(error.code(), error.subject(), error.message() + "; nothing is changed", error.hint());
  }
}

}  // namespace cli
