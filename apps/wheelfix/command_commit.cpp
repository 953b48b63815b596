#include <nlohmann/json.hpp>
#include <wheelfix/edit_folder.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"
#include "wheelfix/shell_word.hpp"

namespace cli {

namespace {

namespace fs = std::filesystem;
using namespace wheelfix;

constexpr auto commit_description =
    "Makes a recipe of what you changed in a folder of `wheelfix edit`: a patch of texts and of binary "
    "files\n"
    "that changed, and what you added and removed. It is applied in memory and compared with the folder\n"
    "before it is kept. What Python, editors and git leave, like __pycache__ and *.orig, isn't part of it.\n"
    "Prints the recipe's folder.\n";

constexpr auto commit_example =
    "  wheelfix edit demo-1.0-py3-none-any.whl\n"
    "  $EDITOR demo-1.0/demo/__init__.py\n"
    "  wheelfix commit demo-1.0\n"
    "  wheelfix patch --suffix fix.1 --patch-dir patches/demo-1.0 demo-1.0-py3-none-any.whl\n";

const char* how_of(const FolderChange& file) {
  return file.kind == FolderChange::Kind::added     ? "added"
         : file.kind == FolderChange::Kind::removed ? "removed"
                                                    : "changed";
}

std::string describe(const FolderChange& file) {
  auto text = fmt::format("{:<9}{}", how_of(file), printable(file.path));
  if (file.is_binary) text += "  binary";
  if (file.lines_added > 0) text += fmt::format("  +{}", file.lines_added);
  if (file.lines_removed > 0) text += fmt::format("  -{}", file.lines_removed);
  if (file.mode) text += fmt::format("  mode {:o}", *file.mode);
  return text;
}

nlohmann::ordered_json folder_json(const CommittedFolder& made) {
  auto changed = nlohmann::ordered_json::array();
  for (const auto& file : made.files)
    changed.push_back({{"path", file.path},
                       {"how", how_of(file)},
                       {"is_binary", file.is_binary},
                       {"lines_added", file.lines_added},
                       {"lines_removed", file.lines_removed},
                       {"mode", string_or_null(file.mode ? fmt::format("{:o}", *file.mode) : "")}});
  return {{"recipe", string_or_null(made.files.empty() ? "" : made.recipe.string())},
          {"source", made.source.string()},
          {"project", made.project},
          {"is_installed", made.is_installed},
          {"changed", changed},
          {"ignored", made.left_out}};
}

/// Relative to the working folder if the file is below it.
std::string nearest_name(const fs::path& path) {
  const auto inside = fs::absolute(path).lexically_proximate(fs::current_path());
  return *inside.begin() == ".." ? path.string() : inside.string();
}

void print_next(const CommandLine& line, const CommittedFolder& made) {
  const auto recipe = shell_word(made.recipe.string());
  const auto source = shell_word(nearest_name(made.source));
  if (made.is_installed) {
    print_line(fmt::format("apply it: wheelfix apply --env {} {}", source, recipe));
  } else {
    print_line(fmt::format("apply it: wheelfix patch{} --patch-dir {} {}",
                           line.has("suffix") ? "" : " --suffix LABEL", recipe, source));
  }
}

}  // namespace

int run_commit(int argc, char** argv) {
  CommandLine line("wheelfix commit", "[OPTION...] [DIR]", commit_description, commit_example);
  line.add({{"o,output", "the recipe's folder (default: patches/PACKAGE-VERSION)", "DIR"},
            {"s,suffix", "the local version label that wheels with the recipe get", "LABEL"},
            {"w,wheel", "the wheel that DIR was made from, if it is elsewhere now", "WHEEL"},
            {"overwrite", "replace the recipe of an earlier commit"}});
  line.add_limit(
      {"max-input-size", "refuse to make a patch with more than BYTES (default: 64 MiB)", "BYTES"});
  line.add_jobs();
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  if (line.positionals().size() > 1) line.refuse("takes one folder");

  const fs::path folder = line.positionals().empty() ? "." : line.positionals().front();
  const auto made = commit_edit_folder(folder, {.recipe = line.text("output"),
                                                .wheel = line.text("wheel"),
                                                .suffix = line.text("suffix"),
                                                .overwrite = line.has("overwrite"),
                                                .max_input_size = line.max_input_size(),
                                                .jobs = line.jobs()});
  const bool is_quiet = line.verbosity() == Verbosity::quiet;
  if (line.verbosity() == Verbosity::verbose)
    for (const auto& path : made.left_out) print_line(fmt::format("{:<9}{}", "ignored", printable(path)));
  if (made.files.empty()) {
    if (!is_quiet) print_line("no differences");
  } else if (!is_quiet) {
    for (const auto& file : made.files) print_line(describe(file));
    print_next(line, made);
  }
  if (line.json())
    print_json(folder_json(made));
  else if (!made.files.empty())
    print(printable(made.recipe.string()) + "\n");
  return 0;
}

}  // namespace cli
