#include <algorithm>
#include <map>
#include <wheelfix/doctor.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto description =
    "Says what will fail to load in a set of wheels, and why, before anything is installed: the dynamic\n"
    "loader's rules are followed for each extension module. None of the wheels' code is run. Give all "
    "wheels\n"
    "of the set, as pip resolves it. Exit status 1 where it finds an error.\n";

constexpr auto example =
    "  pip download -d wheels torch==2.1.0\n"
    "  wheelfix doctor --layout split wheels/*.whl\n";

/// Findings of one cause say it once: the same code, message and hint, with all the places that have it.
std::string report(const std::vector<Finding>& findings) {
  std::vector<const Finding*> order;
  std::map<std::tuple<std::string, std::string>, std::vector<std::string>> places;
  for (const auto& finding : findings) {
    auto& same = places[{finding.code, finding.message}];
    if (same.empty()) order.push_back(&finding);
    same.push_back(printable(finding.path.value_or("")));
  }
  std::string text;
  for (const auto* finding : order) {
    text += format_finding(*finding, "");
    const auto& same = places[{finding->code, finding->message}];
    for (std::size_t i = 1; i < same.size(); ++i) text += fmt::format("  also: {}\n", same[i]);
  }
  return text;
}

}  // namespace

int run_doctor(int argc, char** argv) {
  CommandLine line("wheelfix doctor", "[OPTION...] WHEEL...", description, example);
  line.add()("layout", "where the wheels stand: shared (default), split, split:TEMPLATE with {name}",
             cxxopts::value<std::string>(), "LAYOUT")(
      "print-preload-order", "print the libraries that the modules need, each behind what it needs itself");
  line.add_jobs();
  line.add_limits();
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  if (line.positionals().empty()) line.refuse("no wheel is given");

  const std::vector<std::filesystem::path> wheels(line.positionals().begin(), line.positionals().end());
  const DoctorOptions options{.layout = Layout::parse(line.text("layout", "shared")),
                              .limits = line.limits(),
                              .jobs = line.jobs(),
                              .progress = progress_line(line.verbosity())};
  if (line.has("print-preload-order")) {
    for (const auto& entry : preload_entries(wheels, options)) print_line(printable(entry));
    return 0;
  }
  const auto findings = examine(wheels, options);
  if (line.json()) {
    print_json({{"findings", to_json(findings)}});
  } else if (!findings.empty()) {
    print(report(findings));
  } else if (line.verbosity() != Verbosity::quiet) {
    print_line("nothing found");
  }
  return has_error(findings) ? 1 : 0;
}

}  // namespace cli
