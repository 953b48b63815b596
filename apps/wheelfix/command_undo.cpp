#include <wheelfix/error.hpp>
#include <wheelfix/site.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"
#include "wheelfix/patch_report.hpp"
#include "wheelfix/site_report.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto undo_description =
    "Brings back what the installer wrote of installed packages that `patch --env`, `repair --env` or\n"
    "`apply` changed: each byte, permission and time of modification, for all packages or none. The old\n"
    "content is kept in the packages' .dist-info. Prints the packages.\n";

constexpr auto undo_example =
    "  wheelfix undo --env .venv\n"
    "  wheelfix undo --env .venv --package torch\n";

std::vector<Wheel> packages_to_undo(const CommandLine& line, const Site& site) {
  std::vector<Wheel> packages;
  for (const auto& name : line.list("package")) packages.push_back(site.distribution(name));
  if (line.has("package")) return packages;
  for (const auto& wheel : site.distributions())
    if (applied_changes(wheel)) packages.push_back(wheel);
  return packages;
}

void print_undone(const CommandLine& line, const std::vector<CommittedEdit>& results) {
  if (line.verbosity() == Verbosity::quiet) return;
  if (line.has("dry-run")) print_line("dry run: nothing is written");
  if (results.empty()) print_line("nothing to undo: all packages are as they were installed");
  if (line.verbosity() != Verbosity::verbose) return;
  for (const auto& result : results) print_changes(result.changed);
}

}  // namespace

int run_undo(int argc, char** argv) {
  CommandLine line("wheelfix undo", "--env PATH [OPTION...]", undo_description, undo_example);
  line.add({{"env", "the environment: an interpreter, a venv or conda prefix, or a folder of packages",
             "PATH", repeatable},
            {"package", "undo what was done to this package (default: to all)", "NAME", repeatable},
            {"dry-run", "check everything and report what would change, but write nothing"},
            {"force", "replace files too that were changed since"}});
  line.add_jobs();
  line.add_limits();
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  if (!line.positionals().empty()) line.refuse("takes no argument", "--package NAME chooses a package");
  if (!line.has("env")) line.refuse("no environment is given", "give --env PATH, like --env .venv");
  auto site = open_site(line);
  const auto packages = packages_to_undo(line, site);
  site.undo(packages, site_commit_options(line, "undo"), [&](const std::vector<CommittedEdit>& results) {
    for (const auto& result : results) print_findings(line, result.notes);
    print_undone(line, results);
    print_committed(line, site, packages, results);
  });
  return 0;
}

}  // namespace cli
