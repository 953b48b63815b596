#include "wheelfix/patch_library.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/library_rules.hpp>

#include "wheelfix/patch_options.hpp"
#include "wheelfix/patch_report.hpp"
#include "wheelfix/writing_options.hpp"

namespace cli {

namespace {

namespace fs = std::filesystem;
using namespace wheelfix;

/// What makes no sense without a wheel.
constexpr const char* wheel_options[] = {
    "suffix",     "dest-dir",     "patch",        "patch-dir",   "recipe",  "p",    "fuzz",
    "reverse",    "remove",       "add",          "stub",        "level",   "sync", "replace-local",
    "strict-eol", "skip-applied", "requirements", "constraints", "receipt", "align"};

void refuse_wheel_options(const CommandLine& line, const fs::path& file) {
  for (const auto* option : wheel_options)
    if (line.has(option))
      line.refuse(
          fmt::format("{}{} is for wheels, and {} is a library",
                      std::string_view(option).size() == 1 ? "-" : "--", option, printable(file.string())),
          "give a wheel, or options for libraries, like --set-rpath");
}

LibraryFileOptions output_of(const CommandLine& line, const fs::path& file) {
  if (line.has("output") && line.has("in-place")) line.refuse("--output and --in-place exclude each other");
  if (!line.has("output") && !line.has("in-place") && !line.has("dry-run"))
    line.refuse(fmt::format("{} is a library: it isn't said where to write it", printable(file.string())),
                "-o FILE writes a new library, --in-place replaces this one");
  return {.output = line.has("output") ? fs::path(line.text("output")) : file,
          .overwrite = line.has("overwrite"),
          .dry_run = line.has("dry-run")};
}

void print_result(const CommandLine& line, const fs::path& file, const fs::path& output,
                  const LibraryFileResult& result) {
  print_findings(line, result.findings);
  if (line.verbosity() != Verbosity::quiet) {
    if (line.has("dry-run")) print_line("dry run: nothing is written");
    print_changes(result.changed);
    if (result.changed.empty()) print_line("unchanged: it is already like that");
  }
  if (!line.json()) return print(output.string() + "\n");
  print_json(
      {{"libraries",
        {{{"source", file.string()}, {"output", output.string()}, {"changed", cli::to_json(result.changed)}}}}});
}

}  // namespace

bool is_library_file(const CommandLine& line, const fs::path& path) {
  if (path.extension() == ".whl") return false;
  if (line.has("output") || line.has("in-place")) return true;
  std::ifstream file(path, std::ios::binary);
  std::string head(binary_head_size, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  return binary_format(head).has_value();
}

void add_library_file_options(CommandLine& line, const std::string& title) {
  line.add_under(title,
                 {{"o,output", "file for the edited library; for a library that isn't in a wheel", "FILE"},
                  {"in-place", "replace the library that is given, which isn't in a wheel, by a new file"}});
}

void refuse_library_file_options(const CommandLine& line) {
  for (const auto* option : {"output", "in-place"})
    if (line.has(option))
      line.refuse(fmt::format("--{} is for a library that isn't in a wheel", option),
                  "--dest-dir DIR chooses the folder of a new wheel");
}

int patch_library(const CommandLine& line, const fs::path& file) {
  refuse_wheel_options(line, file);
  const auto where = output_of(line, file);
  const auto rules = library_file_rules(line, file);
  if (rules.empty())
    line.refuse("it isn't said what to change in the library",
                "give --set-rpath PATHS or --add-needed NAME, "
                "for example; --help lists all");
  edit_library_file(file, rules,
                    {.kind = rpath_kind(line),
                     .verification = verification(line),
                     .jobs = line.jobs(),
                     .force = line.has("force")},
                    where,
                    [&](const LibraryFileResult& result) { print_result(line, file, where.output, result); });
  return 0;
}

}  // namespace cli
