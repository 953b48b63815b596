#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <wheelfix/library.hpp>
#include <wheelfix/symbols.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"
#include "wheelfix/inspect_report.hpp"
#include "wheelfix/symbols_report.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto inspect_description =
    "Shows what wheels say about themselves, what their libraries need, and where they look for it. -v "
    "lists\n"
    "each library's names, and all entries. Also takes libraries that aren't in a wheel.\n";

constexpr auto inspect_example =
    "  wheelfix inspect torch-2.1.0-cp38-cp38-manylinux1_x86_64.whl\n"
    "  wheelfix inspect --cross-check torch/lib/libtorch.so\n"
    "  wheelfix inspect --symbol _ZN3c105ErrorC1ENS_14SourceLocationESs *.whl\n";

Inspected inspect_wheel(const CommandLine& line, const std::string& path) {
  Inspected inspected{.wheel = Wheel::open(path, line.limits()), .libraries = {}, .opinions = {}};
  const auto& wheel = *inspected.wheel;
  inspected.libraries = read_libraries(
      wheel, {.jobs = line.jobs(), .progress = progress_line(line.verbosity()), .cuda_archs = true});
  if (!line.has("cross-check")) return inspected;
  for (const auto& library : inspected.libraries.libraries)
    inspected.opinions.push_back(cross_check(wheel, library));
  return inspected;
}

Inspected inspect_library(const CommandLine& line, const std::string& path) {
  Inspected inspected{
      .wheel = {}, .libraries = {.libraries = {read_library_file(path)}, .findings = {}}, .opinions = {}};
  if (line.has("cross-check")) inspected.opinions = {cross_check_file(inspected.libraries.libraries.front())};
  return inspected;
}

void print_unread(const CommandLine& line, const std::vector<Finding>& findings) {
  for (const auto& finding : at_most_alike(findings, line.limits().max_alike)) {
    print_warning(printable(finding.path.value_or("")) + ": " + finding.message);
    if (finding.more > 0) print_line(more_alike(finding));
  }
}

void print_warnings(const CommandLine& line, const Inspected& inspected) {
  print_unread(line, inspected.libraries.findings);
  for (std::size_t i = 0; i < inspected.opinions.size(); ++i) {
    if (inspected.opinions[i].outcome != SecondOpinion::Outcome::agrees)
      print_warning(printable(inspected.libraries.libraries[i].path) + ": " + inspected.opinions[i].text);
  }
}

InspectedSymbols inspect_symbols(const CommandLine& line, const std::string& path,
                                 const std::vector<std::string>& names) {
  if (!path.ends_with(".whl"))
    return {.file = path, .is_wheel = false, .found = find_symbols_in_file(path, names)};
  const WheelEdit wheel(Wheel::open(path, line.limits()));
  return {.file = path,
          .found =
              find_symbols(wheel, names, {.jobs = line.jobs(), .progress = progress_line(line.verbosity())})};
}

int run_symbols(const CommandLine& line) {
  if (line.has("cross-check")) line.refuse("LIEF reads no symbols: give --symbol or --cross-check");
  const auto names = line.list("symbol");
  std::set<std::string> found;
  auto wheels = nlohmann::ordered_json::array();
  for (const auto& path : line.positionals()) {
    const auto inspected = inspect_symbols(line, path, names);
    print_unread(line, inspected.found.findings);
    for (const auto& use : inspected.found.uses) found.insert(use.symbol);
    if (line.json()) {
      wheels.push_back(to_json(inspected));
    } else {
      print(to_text(inspected));
    }
  }
  if (line.json()) {
    print_json({{"wheels", wheels}});
    return 0;
  }
  for (const auto& name : names)
    if (!found.contains(name)) print(fmt::format("no ELF library defines or needs {}\n", printable(name)));
  return 0;
}

}  // namespace

int run_inspect(int argc, char** argv) {
  CommandLine line("wheelfix inspect", "[OPTION...] WHEEL|LIBRARY...", inspect_description, inspect_example);
  line.add({{"symbol",
             "show only which ELF libraries define or need the symbol, whose name is as in `undefined "
             "symbol: NAME`",
             "NAME", repeatable},
            {"cross-check", "read the libraries with LIEF too, in a separate process"}});
  line.add_jobs();
  line.add_limits();
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  if (line.positionals().empty()) line.refuse("no wheel is given");
  if (line.has("symbol")) return run_symbols(line);

  auto wheels = nlohmann::ordered_json::array();
  for (const auto& path : line.positionals()) {
    const auto inspected = path.ends_with(".whl") ? inspect_wheel(line, path) : inspect_library(line, path);
    print_warnings(line, inspected);
    if (line.json()) {
      wheels.push_back(to_json(inspected));
    } else {
      print(to_text(inspected, line.verbosity()));
    }
  }
  if (line.json()) print_json({{"wheels", wheels}});
  return 0;
}

}  // namespace cli
