#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <wheelfix/error.hpp>
#include <wheelfix/repair.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"
#include "wheelfix/graft_option.hpp"
#include "wheelfix/patch_report.hpp"
#include "wheelfix/receipt_option.hpp"
#include "wheelfix/site_report.hpp"
#include "wheelfix/writing_options.hpp"

namespace cli {

namespace {

namespace fs = std::filesystem;
using namespace wheelfix;

constexpr auto repair_description =
    "Makes the extension modules of a set of wheels import in a layout: adds $ORIGIN entries to the RPATH\n"
    "or RUNPATH of the libraries whose needs the loader won't find, and changes no other library.\n"
    "Writes the wheels that change under a local version, all of them or none, and prints their paths. If\n"
    "all imports work, it writes nothing.\n"
    "\n"
    "With --preload no library changes: packages get a module that first loads the libraries of other\n"
    "wheels. With --env it repairs what is installed, in place, as `wheelfix patch --env` does.\n"
    "\n"
    "With --graft the wheels also get the libraries of this system that they need, and that no platform tag\n"
    "promises, in NAME.libs, and the oldest platform tag that is true of them then.\n";

constexpr auto repair_example =
    "  wheelfix repair --layout split --suffix local.1 -d out torch-2.1.0-*.whl nvidia_*.whl\n"
    "  writes out/torch-2.1.0+local.1-cp311-cp311-manylinux1_x86_64.whl, and the other wheels that "
    "must\n"
    "  change for `import torch` to work if each wheel is in its own folder\n\n"
    "  wheelfix repair --env .venv\n\n"
    "  wheelfix repair --graft -d dist demo-1.0-cp311-cp311-linux_x86_64.whl\n"
    "  writes dist/demo-1.0-cp311-cp311-manylinux_2_35_x86_64.whl\n";

void add_repair_options(CommandLine& line) {
  line.add(
      {{"s,suffix", "local version label of the new wheels; required without --env and --graft", "LABEL"},
       {"d,dest-dir", "folder for the new wheels, created if missing (default: .)", "DIR"},
       {"layout", "layout of the wheels: shared (default), symlinks, split, or split:TEMPLATE with {name}",
        "LAYOUT"},
       {"with", "wheel of the set that must not change, or a folder of them", "WHEEL|DIR", repeatable},
       {"rpath-kind",
        "keep (default; RPATH if it must be inherited), rpath or runpath",
        "KIND",
        false,
        {"keep", "rpath", "runpath"}},
       {"lib-dir", "folder with libraries that the wheels lack", "DIR", repeatable},
       {"auto-stub", "make torch's libtorch_global_deps.so if it is missing; always with --env"},
       {"keep-going", "repair what can be repaired, even if some imports still fail"},
       {"preload", "have packages load the libraries first, instead of editing RPATHs; not for musl"},
       {"verify",
        "read edited libraries back: auto (default), always (whole) or never",
        "WHEN",
        false,
        {"auto", "always", "never"}}});
  add_graft_options(line);
  add_environment_option(line);
  line.add_jobs();
  line.add_limits();
  line.add_json();
  add_writing_group(line);
}

std::vector<fs::path> wheels_in(const CommandLine& line, const fs::path& folder) {
  std::vector<fs::path> wheels;
  for (const auto& item : fs::directory_iterator(folder)) {
    if (item.path().extension() == ".whl") wheels.push_back(item.path());
  }
  if (wheels.empty()) line.refuse(fmt::format("--with: there is no wheel in {}", folder.string()));
  std::ranges::sort(wheels);
  return wheels;
}

/// The wheels of the command line: one of each project, because only one can be installed.
class GivenWheels {
 public:
  explicit GivenWheels(const CommandLine& line) : line_(line) {
    const auto& paths = line.positionals();
    if (paths.empty()) line.refuse("no wheel is given");
    if (!line.has("suffix") && !line.has("graft")) refuse_no_suffix(line);
    for (const auto& path : paths) {
      repaired.push_back(take(open(path)));
      set_label(line, repaired.back());
    }
    for (const fs::path path : line.list("with")) {
      if (fs::is_directory(path))
        take_folder(path);
      else
        others.push_back(take(open(path)));
    }
  }

  std::vector<WheelEdit> repaired;
  std::vector<WheelEdit> others;

 private:
  Wheel open(const fs::path& path) const { return Wheel::open(path, line_.limits()); }

  static std::string project_of(const Wheel& wheel) {
    return normalize_project_name(wheel.name().distribution());
  }

  /// Leaves out those of projects that are to be repaired.
  void take_folder(const fs::path& folder) {
    for (const auto& path : wheels_in(line_, folder)) {
      auto wheel = open(path);
      const auto project = project_of(wheel);
      if (std::ranges::none_of(repaired,
                               [&](const auto& edit) { return project_of(edit.wheel()) == project; }))
        others.push_back(take(std::move(wheel)));
    }
  }

  WheelEdit take(Wheel wheel) {
    const auto project = project_of(wheel);
    const auto [other, is_new] = given_.emplace(project, wheel.path());
    if (!is_new)
      line_.refuse(fmt::format("{} and {} are both wheels of {}", other->second.string(),
                               wheel.path().string(), project),
                   "give the one that will be installed");
    return WheelEdit(std::move(wheel));
  }

  const CommandLine& line_;
  std::map<std::string, fs::path> given_;
};

/// Errors end the command, unless --keep-going is given.
void print_repair_findings(const CommandLine& line, const std::vector<Finding>& findings) {
  const auto errors = count_of(findings, Severity::error);
  for (const auto& finding : at_most_alike(findings, line.limits().max_alike)) {
    if (finding.severity == Severity::note && line.verbosity() == Verbosity::quiet) continue;
    auto text = format_finding(finding, "");
    text.pop_back();
    print_line(text);
  }
  if (errors == 0 || line.has("keep-going")) return;
  throw Error(ErrorCode::bad_wheel, "wheelfix repair",
              fmt::format("{} would still fail; nothing is written",
                          errors == 1 ? "an import" : fmt::format("{} imports", errors)),
              "--keep-going repairs what can be repaired");
}

std::vector<fs::path> library_folders(const CommandLine& line) {
  std::vector<fs::path> folders;
  for (const fs::path folder : line.list("lib-dir")) {
    if (!fs::is_directory(folder)) line.refuse(fmt::format("--lib-dir: {} is not a folder", folder.string()));
    folders.push_back(folder);
  }
  return folders;
}

void print_change(const CommandLine& line, std::string_view how, const WheelEdit& wheel,
                  const std::string& entry, const std::vector<std::string>& added) {
  print_line(fmt::format("{:<9}{}: {}", how, wheel.wheel().name().distribution(), printable(entry)));
  if (line.verbosity() != Verbosity::verbose) return;
  for (const auto& text : added) print_line("         " + printable(text));
}

void print_repair_changes(const CommandLine& line, const RepairReport& report,
                          const std::vector<WheelEdit>& wheels) {
  if (line.verbosity() == Verbosity::quiet) return;
  if (line.has("dry-run")) print_line("dry run: nothing is written");
  if (std::ranges::all_of(wheels, [](const auto& wheel) { return wheel.overlay().empty(); }))
    print_line("nothing to repair");
  for (const auto& [wheel, entry, file] : report.supplied) {
    print_line(fmt::format("{:<9}{}: {}{}", file.empty() ? "stub" : "added",
                           wheels[wheel].wheel().name().distribution(), printable(entry),
                           file.empty() ? "" : ", from " + file.string()));
  }
  for (const auto& path : report.paths) {
    const auto* kind = path.kind == SearchPathKind::rpath ? "rpath" : "runpath";
    print_change(line, kind, wheels[path.wheel], path.entry, path.added);
  }
  for (const auto& module : report.preload_modules)
    print_change(line, "preload", wheels[module.wheel], module.entry, module.libraries);
}

/// Which wheels will change isn't known before the repair is planned, but what is written beside them is.
void require_free_files(const CommandLine& line, WriteOptions options) {
  add_receipt(line, {}, {}, options);
  require_free_outputs({}, options);
}

/// Writes those that differ from their sources, and reports them.
void write_changed(const CommandLine& line, const GivenWheels& wheels, const RepairReport& report,
                   const std::optional<GraftReport>& grafted, WriteOptions options) {
  auto run = receipt_run(line, "repair");
  std::vector<const WheelEdit*> changed;
  for (const auto& wheel : wheels.repaired) {
    if (wheel.overlay().empty())
      run.others.push_back(wheel.wheel());
    else
      changed.push_back(&wheel);
  }
  for (const auto& other : wheels.others) run.others.push_back(other.wheel());
  if (line.has("receipt"))
    for (const auto& library : report.supplied)
      if (!library.file.empty()) run.files.push_back(receipt_file(library.file));
  if (line.has("receipt") && grafted)
    for (const auto& library : grafted->libraries)
      run.files.push_back(receipt_file(grafted_file(line, library)));
  add_receipt(line, run, changed, options);
  write_all(changed, options, [&](const std::vector<WriteResult>& results) {
    for (std::size_t i = 0; i < results.size(); ++i) {
      print_findings(line, changed[i]->wheel().warnings());
      print_findings(line, results[i].notes);
    }
    auto more = nlohmann::ordered_json::object();
    if (grafted) more["grafted"] = to_json(*grafted, wheels.repaired);
    print_written(line, changed, results, more);
  });
}

RepairOptions repair_options(const CommandLine& line) {
  if (line.has("preload") && line.has("rpath-kind"))
    line.refuse("--rpath-kind has no effect with --preload, which leaves RPATHs alone",
                "give one of the two");
  return {.layout = Layout::parse(line.text("layout", "shared")),
          .way = line.has("preload") ? RepairWay::preload : RepairWay::search_paths,
          .rpath_kind = rpath_kind(line),
          .library_folders = library_folders(line),
          .auto_stub = line.has("auto-stub"),
          .verification = verification(line),
          .jobs = line.jobs(),
          .progress = progress_line(line.verbosity())};
}

/// Repairs what is installed.
int repair_installed(const CommandLine& line) {
  refuse_wheel_options(line);
  if (line.has("graft")) line.refuse("--graft is for wheels, and --env changes what is installed");
  if (!line.positionals().empty()) line.refuse("--env repairs what is installed, so no wheel can be given");
  auto how = repair_options(line);
  how.auto_stub = true;
  auto site = open_site(line);
  how.read_set = [&](std::vector<WheelEdit> edits) { return site.read_set(std::move(edits)); };
  std::vector<WheelEdit> repaired(site.distributions().begin(), site.distributions().end());
  for (auto& edit : repaired) set_label(line, edit);
  const auto report = repair(repaired, {site.others().begin(), site.others().end()}, how);
  print_repair_findings(line, report.findings);
  print_repair_changes(line, report, repaired);
  std::vector<const WheelEdit*> changed;
  std::vector<Wheel> packages;
  for (const auto& edit : repaired) {
    if (edit.overlay().empty()) continue;
    changed.push_back(&edit);
    packages.push_back(edit.wheel());
  }
  site.commit(changed, site_commit_options(line, line.has("preload") ? "repair --preload" : "repair"),
              [&](const std::vector<CommittedEdit>& results) {
                for (const auto& result : results) print_findings(line, result.notes);
                print_committed(line, site, packages, results);
              });
  return 0;
}

}  // namespace

int run_repair(int argc, char** argv) {
  CommandLine line("wheelfix repair", "[OPTION...] WHEEL...|--env PATH", repair_description, repair_example);
  add_repair_options(line);
  if (!line.parse(argc, argv)) return 0;
  if (line.has("env")) return repair_installed(line);
  auto how = repair_options(line);
  const auto options = write_options(line);
  if (line.has("sysroot") && !line.has("graft"))
    line.refuse("--sysroot has no effect without --graft",
                "the layout and the wheels' tags say what is there");
  require_free_files(line, options);
  GivenWheels wheels(line);
  std::optional<GraftReport> grafted;
  if (line.has("graft")) {
    grafted = graft_libraries(line, wheels.repaired, wheels.others);
    print_repair_findings(line, grafted->findings);
    how.libraries = std::move(grafted->read);
  }
  const auto report = repair(wheels.repaired, wheels.others, how);
  print_repair_findings(line, report.findings);
  print_repair_changes(line, report, wheels.repaired);
  if (grafted) print_grafted(line, *grafted, wheels.repaired);
  write_changed(line, wheels, report, grafted, options);
  return 0;
}

}  // namespace cli
