#include <cstdint>
#include <filesystem>
#include <limits>
#include <wheelfix/build_info.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/index.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "common/run_app.hpp"
#include "wheelfix-index/http_server.hpp"
#include "wheelfix-index/index_report.hpp"
#include "wheelfix-index/pip_download.hpp"
#include "wheelfix-index/serve.hpp"
#include "wheelfix-index/upstream.hpp"

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
  line.add(
      {{"r,requirement", "have pip download the requirements in this file", "FILE", cli::repeatable},
       {"output", "folder for the index (default: DIR/simple)", "DIR"},
       {"symlink", "link to the files from the projects' folders (default)"},
       {"hardlink", "the same with hard links"},
       {"copy", "copy the files to the projects' folders"},
       {"base-url", "URL that serves the files; makes no links and no .metadata files", "URL"},
       {"upstream", "list the files of these projects from that index too, after those in DIR", "URL"},
       {"upstream-project", "list this project of it too", "NAME", cli::repeatable},
       {"private", "never take this project from it", "NAME", cli::repeatable},
       {"title", "title of the project list (default: Simple index)", "T"},
       {"check", "report what would change, one file per line, and write nothing"},
       {"serve", "serve it to this machine, and print its URL (default: 8080; 0: any free port)", "[PORT]"},
       {"version", "show the versions of this program and of its libraries"}});
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
  if (line.has("upstream"))
    options.upstream =
        cli::upstream_at(line.text("upstream"), line.list("upstream-project"), line.list("private"));
  else if (line.has("upstream-project") || line.has("private"))
    line.refuse("--upstream-project and --private need --upstream");
  if (line.verbosity() != cli::Verbosity::quiet)
    options.waiting = [] { cli::print_line("waiting for another run on this index"); };
  return options;
}

std::string versions() {
  std::string text = fmt::format("wheelfix-index {}\n", version_string());
  for (const auto& [name, version] : library_versions()) text += fmt::format("  {} {}\n", name, version);
  return text + fmt::format("  {}\n  {}\n  {}\n", cli::cxxopts_version(), cli::http_server_version(),
                            cli::http_client_version());
}

bool parse(cli::CommandLine& line, int argc, char** argv) {
  auto words = cli::with_port(argc, argv);
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return line.parse(static_cast<int>(words.size()), pointers.data());
}

int run(int argc, char** argv) {
  cli::CommandLine line("wheelfix-index", "[OPTION...] DIR [REQUIREMENT...] [-- PIP_OPTION...]", description,
                        example);
  add_options(line);
  if (!parse(line, argc, argv)) return 0;
  if (line.has("version")) return cli::print(versions()), 0;
  if (line.positionals().empty()) line.refuse("no folder is given");
  if (line.has("serve") && line.has("check")) line.refuse("give only one of --serve and --check");
  const auto port =
      static_cast<std::uint16_t>(line.number("serve", 0, 0, std::numeric_limits<std::uint16_t>::max()));
  const auto options = read_options(line);
  const std::filesystem::path folder = line.positionals().front();
  const std::vector<std::string> requirements(line.positionals().begin() + 1, line.positionals().end());
  const auto files = line.list("requirement");
  if (!requirements.empty() || !files.empty()) {
    if (options.is_check) line.refuse("--check downloads nothing, so it takes no requirements");
    cli::pip_download(folder, files, requirements, line.verbosity());
  }
  const auto report = make_index(folder, options);
  cli::tell(report, line);
  if (line.has("serve"))
    cli::serve({folder, report.output, options.upstream}, port, line.verbosity(),
               [&](const std::string& url) { cli::print_result(report, url, line); });
  cli::print_result(report, "", line);
  return report.left_out.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  return cli::run_app(run, argc, argv);
}
