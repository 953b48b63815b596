#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <wheelfix/compatibility.hpp>
#include <wheelfix/doctor.hpp>
#include <wheelfix/html_report.hpp>

#include "common/console.hpp"
#include "common/cuda_runtime.hpp"
#include "common/options.hpp"
#include "wheelfix/against_option.hpp"
#include "wheelfix/commands.hpp"
#include "wheelfix/compatibility_report.hpp"
#include "wheelfix/doctor_report.hpp"
#include "wheelfix/policy_report.hpp"
#include "wheelfix/shell_word.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto doctor_description =
    "Says what fails to load in an environment, or will fail in a set of wheels before anything is\n"
    "installed, and why. It follows the dynamic loader's rules for each extension module, and runs none\n"
    "of the packages' code. It prints a verdict, then each cause of a failure once, the gravest last. Exit\n"
    "status 1 if it finds an error.\n"
    "\n"
    "Without wheels it examines what is installed for the python3 of PATH, or where --env or a folder\n"
    "says, and compares it with RECORD. Of wheels give the whole set, as pip resolves it.\n"
    "\n"
    "`[doctor] ignore = [\"CODE\", \"CODE=GLOB\"]` in a wheelfix.toml of the working folder is like "
    "--ignore.\n";

constexpr auto doctor_example =
    "  wheelfix doctor\n"
    "  pip download -d wheels torch==2.1.0\n"
    "  wheelfix doctor --layout split wheels/*.whl\n"
    "  wheelfix doctor --against 'torch-2.*.whl' torchvision-0.17.2-*.whl\n"
    "  wheelfix doctor --policy --sysroot / dist/*.whl\n";

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
  for (const auto* option : {"host", "python", "html", "json", "hygiene", "ignore", "fail-on"}) {
    if (line.has(option))
      line.refuse(
          fmt::format("--{} is for findings, and can't be combined with a graph or a preload order", option));
  }
  if (is_order && line.has("sysroot"))
    line.refuse("--sysroot can't be combined with a preload order, which has only the wheels' libraries");
}

/// Compares the first wheel with the versions that --against names, and returns the exit status.
int run_comparison(const CommandLine& line, const DoctorOptions& options, bool is_strict) {
  for (const auto* option : {"env", "format", "html", "hygiene", "host", "print-preload-order"})
    if (line.has(option)) line.refuse(fmt::format("--{} can't be combined with --against", option));
  const auto& given = line.positionals();
  const auto result = compare_versions({given.begin(), given.end()}, wheels_against(line), options);
  if (line.json())
    print_json(to_json(result));
  else
    print(report(result, line.verbosity()));
  const auto is_bad = [&](const ComparedVersion& version) {
    return version.outcome == LoadOutcome::fails || (is_strict && version.outcome == LoadOutcome::may_fail);
  };
  const bool has_bad = result.versions.empty() || std::ranges::any_of(result.versions, is_bad);
  return has_bad || has_error(result.findings) ? 1 : 0;
}

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

/// Prints which tags are true of the wheels, and returns the exit status.
int run_policies(const CommandLine& line, const DoctorOptions& options, bool is_strict) {
  for (const auto* option : {"env", "against", "layout", "python", "format", "html", "hygiene", "ignore",
                             "host", "print-preload-order"})
    if (line.has(option)) line.refuse(fmt::format("--{} can't be combined with --policy", option));
  if (line.positionals().empty()) line.refuse("--policy needs wheels", "wheelfix doctor --policy WHEEL...");
  for (const auto& path : line.positionals())
    if (is_folder(path))
      line.refuse(fmt::format("--policy needs wheels, and {} is a folder", printable(path)),
                  fmt::format("name its wheels: wheelfix doctor --policy {}/*.whl", shell_word(path)));
  std::vector<WheelEdit> wheels;
  for (const auto& path : line.positionals()) wheels.emplace_back(Wheel::open(path, options.limits));
  const auto libraries = read_libraries(
      wheels, {.jobs = options.jobs, .progress = options.progress, .cuda_archs = false, .symbols = true});
  const char* library_path = options.sysroot == "/" ? std::getenv("LD_LIBRARY_PATH") : nullptr;
  auto policies = wheel_policies(wheels, libraries,
                                 {.sysroot = options.sysroot,
                                  .library_path = library_path == nullptr ? "" : library_path,
                                  .brought = {}});
  std::vector<ExaminedPolicy> examined;
  for (std::size_t i = 0; i < wheels.size(); ++i)
    examined.push_back({.wheel = line.positionals()[i],
                        .name = wheels[i].wheel().name(),
                        .policy = std::move(policies[i]),
                        .findings = libraries[i].findings});
  if (line.json())
    print_json(to_json(examined));
  else
    print(report(examined, line.verbosity()));
  const auto is_bad = [&](const ExaminedPolicy& wheel) {
    return has_error(wheel.findings) || (is_strict && !untrue_tags(wheel).empty());
  };
  return std::ranges::any_of(examined, is_bad) ? 1 : 0;
}

/// The file that --html names, if it was given. `wheelfix doctor --html *.whl` would replace a wheel.
std::unique_ptr<HtmlReportFile> report_file(const CommandLine& line) {
  if (!line.has("html")) return nullptr;
  const auto file = line.text("html");
  if (file == "-")
    line.refuse("--html - is no file: stdout has the report as text",
                "name a file, as in `--html report.html`");
  if (file.ends_with(".whl"))
    line.refuse(
        fmt::format("--html {} is the name of a wheel, which the page would replace", printable(file)),
        "name the file for the page before the wheels, as in `--html report.html`");
  return std::make_unique<HtmlReportFile>(file);
}

/// As the XDG Base Directory Specification has it; nothing without a home.
std::optional<std::filesystem::path> cache_folder() {
  const auto folder_in = [](const char* variable) {
    const char* value = std::getenv(variable);
    return std::filesystem::path(value == nullptr ? "" : value);
  };
  if (const auto caches = folder_in("XDG_CACHE_HOME"); caches.is_absolute()) return caches / "wheelfix";
  if (const auto home = folder_in("HOME"); home.is_absolute()) return home / ".cache" / "wheelfix";
  return std::nullopt;
}

using Paths = std::vector<std::filesystem::path>;

/// What --env or folders name, empty for the Python of PATH; nothing if wheels are to be examined.
std::optional<Paths> environment_paths(const CommandLine& line) {
  const auto& given = line.positionals();
  const auto environments = line.list("env");
  if (!environments.empty() && !given.empty())
    line.refuse("--env examines what is installed, so wheels can't be given with it");
  const auto folders = std::ranges::count_if(given, is_folder);
  if (folders > 0 && static_cast<std::size_t>(folders) < given.size())
    line.refuse("a folder of installed packages and wheels can't be examined together");
  if (!given.empty() && folders == 0) return std::nullopt;
  for (const auto* option : {"layout", "format", "print-preload-order"})
    if (line.has(option))
      line.refuse(fmt::format("--{} is for wheels, and has no effect on what is installed", option));
  return given.empty() ? Paths(environments.begin(), environments.end()) : Paths(given.begin(), given.end());
}

void add_doctor_options(CommandLine& line) {
  line.add(
      {{"env",
        "examine what is installed there: an interpreter, a venv or conda prefix, or a folder of packages "
        "(default: the Python of PATH)",
        "PATH", repeatable},
       {"against",
        "examine the first wheel with each of these wheels, of one project, and say with which versions it "
        "loads: files, 'torch-2.*.whl' in quotes, or folders",
        "WHEEL|DIR", repeatable},
       {"policy",
        "say of each wheel which manylinux or musllinux tag is true of it, and what is in the way of an "
        "older "
        "one"},
       {"layout", "layout of the wheels: shared (default), symlinks, split, or split:TEMPLATE with {name}",
        "LAYOUT"},
       {"python", "check whether this Python takes the wheels: 3.13t, cp313t, python3.13 or a path",
        "PYTHON"},
       {"sysroot", "root folder of the system's files, / for this machine (default: what the tags promise)",
        "DIR"},
       {"format",
        "text (default), or dot: the dependency graph for Graphviz",
        "FORMAT",
        false,
        {"text", "dot"}},
       {"html",
        "write the report to a page too, which stands alone: with a picture of what leads to each failure",
        "FILE"},
       {"hygiene", "list what works here, but its publisher should fix"},
       {"ignore", "leave out findings of CODE, or those whose wheel or entry GLOB matches", "CODE[=GLOB]",
        repeatable},
       {"fail-on",
        "exit with status 1 for an error (default) or already for a warning",
        "SEVERITY",
        false,
        {"error", "warning"}},
       {"host", "check whether this machine's NVIDIA driver and GPUs suit the wheels"},
       {"no-cache", "read all again, and keep nothing for later runs"},
       {"print-preload-order", "print the libraries that the modules need, each after those that it needs"}});
  line.add_jobs();
  line.add_limits();
  line.add_json();
}

}  // namespace

int run_doctor(int argc, char** argv) {
  CommandLine line("wheelfix doctor", "[OPTION...] [WHEEL...|FOLDER...]", doctor_description, doctor_example);
  add_doctor_options(line);
  if (!line.parse(argc, argv)) return 0;

  if (line.has("sysroot") && !is_folder(line.text("sysroot")))
    line.refuse(fmt::format("--sysroot: {} is not a folder", printable(line.text("sysroot"))));
  const bool is_comparison = line.has("against");
  const bool is_policy = line.has("policy");
  const auto installed = is_comparison || is_policy ? std::nullopt : environment_paths(line);
  const std::vector<std::filesystem::path> wheels(line.positionals().begin(), line.positionals().end());
  const bool is_strict = line.text("fail-on") == "warning";
  const bool is_of_this_machine = installed && !line.has("sysroot");
  const DoctorOptions options{
      .layout = Layout::parse(line.text("layout", "shared")),
      .python = line.has("python") ? std::optional(line.text("python")) : std::nullopt,
      .sysroot = line.text("sysroot"),
      .host = line.has("host") || is_of_this_machine
                  ? std::optional(HostCudaOptions{.own_runtime = own_cuda_runtime()})
                  : std::nullopt,
      .needs_gpu = line.has("host"),
      .ignore = ignore_rules(line),
      .lists_packages = line.has("html"),
      .limits = line.limits(),
      .jobs = line.jobs(),
      .progress = progress_line(line.verbosity()),
      .cache = line.has("no-cache") ? std::nullopt : cache_folder()};
  if (is_policy) return run_policies(line, options, is_strict);
  if (is_comparison) return run_comparison(line, options, is_strict);
  const bool is_graph = line.text("format") == "dot";
  refuse_unused(line, is_graph);
  if (line.has("print-preload-order")) {
    for (const auto& entry : preload_entries(wheels, options)) print(printable(entry) + "\n");
    return 0;
  }
  if (is_graph) return print(dependency_graph(wheels, options)), 0;
  const auto page = report_file(line);
  const auto examination = installed ? examine_installed(*installed, options) : examine(wheels, options);
  if (page) page->write(examination);
  if (line.json()) {
    print_json(to_json(examination));
  } else {
    const bool is_verbose = line.verbosity() == Verbosity::verbose;
    print(report(examination, {.is_quiet = line.verbosity() == Verbosity::quiet,
                               .is_verbose = is_verbose,
                               .has_hygiene = is_verbose || is_strict || line.has("hygiene")}));
  }
  if (page && line.verbosity() != Verbosity::quiet)
    print_line("the page is in " + printable(line.text("html")));
  const bool has_warning = count_of(examination.findings, Severity::warning) > 0;
  return has_error(examination.findings) || (is_strict && has_warning) ? 1 : 0;
}

}  // namespace cli
