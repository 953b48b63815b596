#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <wheelfix/library.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"
#include "wheelfix/inspect_report.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto description =
    "Shows what wheels say about themselves, what their libraries need, and where they look for it. -v "
    "lists\n"
    "each library's names, and all entries. Also takes libraries that aren't in a wheel.\n";

constexpr auto example =
    "  wheelfix inspect torch-2.1.0-cp38-cp38-manylinux1_x86_64.whl\n"
    "  wheelfix inspect --cross-check torch/lib/libtorch.so\n";

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

void print_warnings(const CommandLine& line, const Inspected& inspected) {
  for (const auto& finding : at_most_alike(inspected.libraries.findings, line.limits().max_alike)) {
    print_warning(printable(finding.path.value_or("")) + ": " + finding.message);
    if (finding.more > 0) print_line(more_alike(finding));
  }
  for (std::size_t i = 0; i < inspected.opinions.size(); ++i) {
    if (inspected.opinions[i].outcome != SecondOpinion::Outcome::agrees)
      print_warning(printable(inspected.libraries.libraries[i].path) + ": " + inspected.opinions[i].text);
  }
}

}  // namespace

int run_inspect(int argc, char** argv) {
  CommandLine line("wheelfix inspect", "[OPTION...] WHEEL|LIBRARY...", description, example);
  line.add({{"cross-check", "read the libraries with LIEF too, in a separate process"}});
  line.add_jobs();
  line.add_limits();
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  if (line.positionals().empty()) line.refuse("no wheel is given");

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
