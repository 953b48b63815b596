#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/index.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "common/run_app.hpp"
#include "wheelfix-index/pip_download.hpp"

namespace {

using namespace wheelfix;

constexpr auto description =
    "Makes a package index of the wheels (.whl) and sdists (.tar.gz, .zip) in DIR for pip, uv and other "
    "readers\n"
    "of simple repositories: pages and JSON with hashes, Requires-Python and core metadata. The files in "
    "DIR\n"
    "stay where they are. Another run reads only what changed. With requirements, pip first downloads them "
    "into\n"
    "DIR; what follows -- is passed to pip. Prints the index's folder. Exit status 1 if a file was left "
    "out.\n";

constexpr auto example =
    "  wheelfix-index wheels torch==2.1.0 -r requirements.txt\n"
    "  pip install --index-url file://$PWD/wheels/simple torch\n";

void add_options(cli::CommandLine& line) {
  line.add({{"r,requirement", "have pip download the requirements in this file; may be repeated", "FILE",
             cli::repeatable},
            {"output", "folder for the index (default: DIR/simple)", "DIR"},
            {"symlink", "link to the files from the projects' folders (default)"},
            {"hardlink", "the same with hard links"},
            {"copy", "copy the files to the projects' folders"},
            {"base-url", "URL that serves the files; makes no links and no .metadata files", "URL"},
            {"title", "title of the project list (default: Simple index)", "T"},
            {"check", "report what would change, one file per line, and write nothing"}});
  line.add_jobs();
  line.add_json();
}

LinkKind link_kind(const cli::CommandLine& line) {
  int count = 0;
  for (const auto* option : {"symlink", "hardlink", "copy", "base-url"}) count += line.has(option) ? 1 : 0;
  if (count > 1) line.refuse("give only one of --symlink, --hardlink, --copy and --base-url");
  return line.has("hardlink") ? LinkKind::hardlink : line.has("copy") ? LinkKind::copy : LinkKind::symlink;
}

IndexOptions read_options(const cli::CommandLine& line) {
  IndexOptions options{.output = line.text("output"),
                       .links = link_kind(line),
                       .is_check = line.has("check"),
                       .jobs = line.jobs(),
                       .progress = progress_line(line.verbosity())};
  if (line.has("base-url")) options.base_url = line.text("base-url");
  options.title = line.text("title", options.title);
  if (line.verbosity() != cli::Verbosity::quiet)
    options.waiting = [] { cli::print_line("waiting for another run on this index"); };
  return options;
}

std::string counts(const IndexReport& report, bool is_check) {
  const auto plural = [](std::size_t n, const char* word) {
    return fmt::format("{} {}{}", n, word, n == 1 ? "" : "s");
  };
  auto text = fmt::format("{} of {}: ", plural(report.files, "file"), plural(report.projects, "project"));
  if (report.changes.empty()) return text + (is_check ? "nothing would change" : "nothing changed");
  const char* separator = "";
  for (const auto how : {IndexChange::How::added, IndexChange::How::changed, IndexChange::How::removed,
                         IndexChange::How::rewritten}) {
    const auto count = std::ranges::count(report.changes, how, &IndexChange::how);
    if (count == 0) continue;
    text += fmt::format("{}{} {}{}", separator, count, is_check ? "would be " : "", to_string(how));
    separator = ", ";
  }
  return text;
}

std::string listing(const IndexReport& report) {
  std::string text;
  for (const auto& change : report.changes)
    text += fmt::format("{:<9}  {}\n", to_string(change.how), printable(change.path));
  return text;
}

nlohmann::ordered_json to_json(const IndexReport& report) {
  auto changed = nlohmann::ordered_json::array(), left_out = nlohmann::ordered_json::array();
  for (const auto& change : report.changes)
    changed.push_back({{"path", change.path}, {"how", to_string(change.how)}});
  for (const auto& file : report.left_out)
    left_out.push_back(
        {{"path", file.path}, {"message", file.message}, {"hint", cli::string_or_null(file.hint)}});
  return {{"output", report.output.string()},
          {"projects", report.projects},
          {"files", report.files},
          {"changed", std::move(changed)},
          {"left_out", std::move(left_out)}};
}

void tell(const IndexReport& report, const cli::CommandLine& line) {
  const bool is_check = line.has("check");
  for (const auto& file : report.left_out) {
    cli::print_warning(fmt::format("{}: {}; left out", printable(file.path), file.message));
    if (!file.hint.empty()) cli::print_line("hint: " + file.hint);
  }
  if (line.verbosity() == cli::Verbosity::verbose && !is_check) cli::say(listing(report));
  if (line.verbosity() != cli::Verbosity::quiet) cli::print_line(counts(report, is_check));
  if (line.json())
    cli::print_json(to_json(report));
  else
    cli::print(is_check ? listing(report) : report.output.string() + "\n");
}

int run(int argc, char** argv) {
  cli::CommandLine line("wheelfix-index", "[OPTION...] DIR [REQUIREMENT...] [-- PIP_OPTION...]", description,
                        example);
  add_options(line);
  if (!line.parse(argc, argv)) return 0;
  if (line.positionals().empty()) line.refuse("no folder is given");
  const auto options = read_options(line);
  const std::filesystem::path folder = line.positionals().front();
  const std::vector<std::string> requirements(line.positionals().begin() + 1, line.positionals().end());
  const auto files = line.list("requirement");
  if (!requirements.empty() || !files.empty()) {
    if (options.is_check) line.refuse("--check downloads nothing, so it takes no requirements");
    cli::pip_download(folder, files, requirements, line.verbosity());
  }
  const auto report = make_index(folder, options);
  tell(report, line);
  return report.left_out.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  return cli::run_app(run, argc, argv);
}
