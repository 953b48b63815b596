#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <wheelfix/lock.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"

namespace cli {

namespace {

namespace fs = std::filesystem;
using namespace wheelfix;

constexpr auto lock_description =
    "Puts patched wheels into lock files: their version, their hashes, and where they are. A wheel of\n"
    "2.1.0+stripe.5 replaces 2.1.0, and 2.1.0 with another label. FILE is a uv.lock, a pylock.toml, or a\n"
    "requirements file, with its -r and -c files. All else in it stays as it is, byte for byte. All files\n"
    "are changed or none. Prints the files that change.\n";

constexpr auto lock_example =
    "  wheelfix lock requirements.txt --wheels wheels\n"
    "  wheelfix lock uv.lock pylock.toml --wheels wheels --index https://example.com/simple\n";

/// uv resolves again if the project doesn't name the place of a package.
void print_needed_settings(const LockedFile& file) {
  const bool is_project = file.path.filename() == "uv.lock";
  print_line(fmt::format("{}: uv keeps this if {} has these lines, before those of other indexes:",
                         printable(file.path.string()), is_project ? "pyproject.toml" : "the script"));
  std::string_view lines = file.needed_settings;
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    print_line(fmt::format("{}{}", end == 0 ? "" : "  ", printable(lines.substr(0, end))));
    lines.remove_prefix(end + 1);
  }
}

void print_lock_changes(const CommandLine& line, const LockReport& report) {
  for (const auto& file : report.files) {
    const auto name = printable(file.path.string());
    if (line.verbosity() != Verbosity::quiet) {
      for (const auto& change : file.changes)
        print_line(change.old_version == change.new_version
                       ? fmt::format("{}:{}: {} {}, other wheels", name, change.line, change.project,
                                     change.new_version)
                       : fmt::format("{}:{}: {} {} is now {}", name, change.line, change.project,
                                     printable(change.old_version), change.new_version));
      if (!file.place.empty()) print_line(fmt::format("{}: names {} too", name, printable(file.place)));
    }
    if (!file.needed_settings.empty() && line.verbosity() != Verbosity::quiet) print_needed_settings(file);
    if (file.is_changed) print(fmt::format("{}\n", name));
  }
}

/// What can't be installed any more where one of these was.
void print_uncovered(const LockedFile& file, bool is_whole) {
  constexpr std::size_t most = 3;
  for (const auto& [project, line, old_version, new_version, wheels, uncovered] : file.changes) {
    if (uncovered.empty()) continue;
    const auto count = is_whole ? uncovered.size() : std::min(uncovered.size(), most);
    std::vector<std::string> names(uncovered.begin(), uncovered.begin() + static_cast<std::ptrdiff_t>(count));
    if (count < uncovered.size())
      names.push_back(fmt::format("{} more (-v lists all)", uncovered.size() - count));
    print_warning(fmt::format("{}:{}: {} {} has no wheel in place of {}", printable(file.path.string()), line,
                              project, new_version, printable(fmt::format("{}", fmt::join(names, ", ")))));
  }
}

nlohmann::ordered_json lock_json(const LockedFile& file) {
  auto changes = nlohmann::ordered_json::array();
  for (const auto& change : file.changes)
    changes.push_back({{"project", change.project},
                       {"line", change.line},
                       {"old_version", change.old_version},
                       {"new_version", change.new_version},
                       {"wheels", change.wheels},
                       {"uncovered", change.uncovered}});
  return {{"file", file.path.string()},
          {"kind", to_string(file.kind)},
          {"changed", file.is_changed},
          {"added_place", string_or_null(file.place)},
          {"needed_settings", string_or_null(file.needed_settings)},
          {"warnings", file.warnings},
          {"changes", changes}};
}

void print_report(const CommandLine& line, const LockReport& report) {
  const bool is_changed = std::ranges::any_of(report.files, &LockedFile::is_changed);
  for (const auto& file : report.files) {
    print_uncovered(file, line.verbosity() == Verbosity::verbose);
    for (const auto& warning : file.warnings) print_warning(warning);
  }
  if (line.json()) {
    auto files = nlohmann::ordered_json::array();
    for (const auto& file : report.files) files.push_back(lock_json(file));
    print_json({{"files", files}});
  } else {
    print_lock_changes(line, report);
    if (!is_changed && line.verbosity() != Verbosity::quiet)
      print_line("nothing to do: the wheels are locked already");
  }
}

}  // namespace

int run_lock(int argc, char** argv) {
  CommandLine line("wheelfix lock", "FILE... --wheels DIR [OPTION...]", lock_description, lock_example);
  line.add(
      {{"wheels", "the patched wheels: a folder, an index, or a wheel", "DIR", repeatable},
       {"index", "the lock files name this index for them, and not the folder", "URL"},
       {"base-url", "where that index has the files, if not at URL/PROJECT/FILE", "URL"},
       {"check", "change nothing; exit with status 1 if a file isn't up to date"}});
  line.add_limits();
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  if (line.positionals().empty()) line.refuse("no lock file is given");
  const auto wheels = line.list("wheels");
  if (wheels.empty()) line.refuse("no wheels are given", "name the folder that has them: --wheels DIR");

  const auto report = update_locks({line.positionals().begin(), line.positionals().end()},
                                   {.wheels = {wheels.begin(), wheels.end()},
                                    .index = line.text("index"),
                                    .base_url = line.text("base-url"),
                                    .is_check = line.has("check"),
                                    .limits = line.limits(),
                                    .progress = progress_line(line.verbosity()),
                                    .written = [&](const LockReport& made) { print_report(line, made); }});
  return line.has("check") && std::ranges::any_of(report.files, &LockedFile::is_changed) ? 1 : 0;
}

}  // namespace cli
