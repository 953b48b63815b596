#include <fmt/chrono.h>

#include <nlohmann/json.hpp>
#include <wheelfix/site.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"
#include "wheelfix/patch_report.hpp"
#include "wheelfix/site_report.hpp"

namespace cli {

namespace {

using namespace wheelfix;
using Json = nlohmann::ordered_json;

constexpr auto status_description =
    "Says which installed packages wheelfix changed, when and by what, and whether their files are still as\n"
    "it left them. Exit status 1 if one isn't. A package that was installed again since is as it was\n"
    "published, and isn't listed.\n";

constexpr auto status_example = "  wheelfix status --env .venv\n";

std::string date_of(std::int64_t seconds) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

const char* how_of(const AppliedFile& file) {
  return !file.before ? "added" : file.after ? "changed" : "removed";
}

std::string text_of(const AppliedRun& run) {
  std::string text = fmt::format("  {} UTC: {}", date_of(run.time), printable(run.command));
  for (std::size_t i = 0; i < run.sources.size(); ++i)
    text += (i == 0 ? " " : ", ") + printable(run.sources[i].name);
  return text + "\n";
}

std::string text_of(const CommandLine& line, const PatchedPackage& package) {
  const auto& name = package.wheel.name();
  std::string text =
      fmt::format("{} {}: {}\n", printable(name.distribution()), printable(name.version_text()),
                  package.differing.empty() ? "as wheelfix left it" : "not as wheelfix left it");
  if (line.verbosity() == Verbosity::quiet) return text;
  for (const auto& run : package.applied.runs) text += text_of(run);
  for (const auto& finding : package.differing)
    text += fmt::format("  {}: {}\n", printable(*finding.path), finding.message);
  if (line.verbosity() != Verbosity::verbose) return text;
  for (const auto& file : package.applied.files)
    text += fmt::format("  {:<9}{}\n", how_of(file), printable(file.path));
  return text;
}

Json json_of(const PatchedPackage& package) {
  auto runs = Json::array(), files = Json::array(), differing = Json::array();
  for (const auto& run : package.applied.runs) {
    auto sources = Json::array();
    for (const auto& source : run.sources)
      sources.push_back({{"name", source.name}, {"hash", string_or_null(source.hash)}});
    runs.push_back(
        {{"time", run.time}, {"version", run.version}, {"command", run.command}, {"sources", sources}});
  }
  for (const auto& file : package.applied.files)
    files.push_back({{"path", file.path},
                     {"how", how_of(file)},
                     {"before", file.before ? Json(file.before->hash) : Json(nullptr)},
                     {"after", file.after ? string_or_null(file.after->hash) : Json(nullptr)}});
  for (const auto& finding : package.differing)
    differing.push_back({{"path", *finding.path}, {"message", finding.message}});
  return {{"name", package.wheel.name().distribution()},
          {"version", package.wheel.name().version_text()},
          {"folder", package.wheel.path().string()},
          {"holds", package.differing.empty()},
          {"runs", runs},
          {"files", files},
          {"differing", differing}};
}

}  // namespace

int run_status(int argc, char** argv) {
  CommandLine line("wheelfix status", "--env PATH [OPTION...]", status_description, status_example);
  line.add({{"env", "the environment: an interpreter, a venv or conda prefix, or a folder of packages",
             "PATH", repeatable}});
  line.add_jobs();
  line.add_limits();
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  if (!line.positionals().empty()) line.refuse("takes no argument");
  if (!line.has("env")) line.refuse("no environment is given", "give --env PATH, like --env .venv");
  const auto site = open_site(line, SiteAccess::read);
  const auto packages = site.patched();
  bool holds = true;
  auto items = Json::array();
  std::string text;
  for (const auto& package : packages) {
    holds = holds && package.differing.empty();
    items.push_back(json_of(package));
    text += text_of(line, package);
  }
  if (line.json())
    print_json({{"environment", site.name()}, {"packages", items}});
  else
    print(text);
  if (packages.empty() && !line.json() && line.verbosity() != Verbosity::quiet)
    print_line("no installed package is changed by wheelfix");
  return holds ? 0 : 1;
}

}  // namespace cli
