#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <wheelfix/doctor.hpp>

#include "common/console.hpp"
#include "common/cuda_runtime.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"
#include "wheelfix/doctor_report.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto description =
    "Says what will fail to load in a set of wheels, and why, before anything is installed: follows the\n"
    "dynamic loader's rules for each extension module, and runs none of the wheels' code. Give all wheels "
    "of\n"
    "the set, as pip resolves it. In a folder of installed packages it compares the files with RECORD. It\n"
    "prints a verdict, then each cause of a failure once, the gravest last. Exit status 1 if it finds an\n"
    "error. `[doctor] ignore = [\"CODE\", \"CODE=GLOB\"]` in a wheelfix.toml of the working folder is as "
    "--ignore.\n";

constexpr auto example =
    "  pip download -d wheels torch==2.1.0\n"
    "  wheelfix doctor --layout split wheels/*.whl\n";

/// Those of --ignore and of the working folder.
std::vector<IgnoreRule> ignore_rules(const CommandLine& line) {
  constexpr auto file = "wheelfix.toml";
  std::vector<IgnoreRule> rules;
  if (std::filesystem::exists(file)) rules = read_ignore_rules(file);
  for (const auto& text : line.list("ignore"))
    rules.push_back(IgnoreRule::parse(text, "wheelfix doctor: --ignore"));
  return rules;
}

/// A graph and a preload order are printed in place of findings, and each in place of the other.
void refuse_unused(const CommandLine& line, bool is_graph) {
  const bool is_order = line.has("print-preload-order");
  if (is_graph && is_order) line.refuse("--format dot and --print-preload-order can't be combined");
  if (!is_graph && !is_order) return;
  for (const auto* option : {"host", "python", "json", "hygiene", "ignore", "fail-on"}) {
    if (line.has(option))
      line.refuse(
          fmt::format("--{} is for findings, and can't be combined with a graph or a preload order", option));
  }
  if (is_order && line.has("sysroot"))
    line.refuse("--sysroot can't be combined with a preload order, which has only the wheels' libraries");
}

}  // namespace

int run_doctor(int argc, char** argv) {
  CommandLine line("wheelfix doctor", "[OPTION...] WHEEL|SITE_PACKAGES...", description, example);
  line.add(
      {{"layout", "layout of the wheels: shared (default), symlinks, split, or split:TEMPLATE with {name}",
        "LAYOUT"},
       {"python", "check whether this Python takes the wheels: 3.13t, cp313t, python3.13 or a path",
        "PYTHON"},
       {"sysroot", "root folder of the system's files, / for this machine (default: what the tags promise)",
        "DIR"},
       {"format", "text (default), or dot: the dependency graph for Graphviz", "FORMAT"},
       {"hygiene", "list what works here, but its publisher should fix"},
       {"ignore", "leave out findings of CODE, or those whose wheel or entry GLOB matches; may be repeated",
        "CODE[=GLOB]", repeatable},
       {"fail-on", "exit with status 1 for an error (default) or already for a warning", "SEVERITY"},
       {"host", "check whether this machine's NVIDIA driver and GPUs suit the wheels"},
       {"print-preload-order", "print the libraries that the modules need, each after those that it needs"}});
  line.add_jobs();
  line.add_limits();
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  if (line.positionals().empty()) line.refuse("no wheel is given");

  const std::vector<std::filesystem::path> wheels(line.positionals().begin(), line.positionals().end());
  const auto fail_on = line.text("fail-on", "error");
  if (fail_on != "error" && fail_on != "warning")
    line.refuse(fmt::format("--fail-on must be error or warning, not '{}'", fail_on));
  const bool is_strict = fail_on == "warning";
  const DoctorOptions options{
      .layout = Layout::parse(line.text("layout", "shared")),
      .python = line.has("python") ? std::optional(line.text("python")) : std::nullopt,
      .sysroot = line.text("sysroot"),
      .host =
          line.has("host") ? std::optional(HostCudaOptions{.own_runtime = own_cuda_runtime()}) : std::nullopt,
      .ignore = ignore_rules(line),
      .limits = line.limits(),
      .jobs = line.jobs(),
      .progress = progress_line(line.verbosity())};
  const auto format = line.text("format", "text");
  if (format != "text" && format != "dot")
    line.refuse(fmt::format("--format must be text or dot, not '{}'", format));
  refuse_unused(line, format == "dot");
  if (line.has("print-preload-order")) {
    for (const auto& entry : preload_entries(wheels, options)) print(printable(entry) + "\n");
    return 0;
  }
  if (format == "dot") return print(dependency_graph(wheels, options)), 0;
  const auto examination = examine(wheels, options);
  if (line.json()) {
    print_json(to_json(examination));
  } else {
    const bool is_verbose = line.verbosity() == Verbosity::verbose;
    print(report(examination, {.is_quiet = line.verbosity() == Verbosity::quiet,
                               .is_verbose = is_verbose,
                               .has_hygiene = is_verbose || is_strict || line.has("hygiene")}));
  }
  const bool has_warning = count_of(examination.findings, Severity::warning) > 0;
  return has_error(examination.findings) || (is_strict && has_warning) ? 1 : 0;
}

}  // namespace cli
