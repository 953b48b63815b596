#include <nlohmann/json.hpp>
#include <wheelfix/edit_folder.hpp>
#include <wheelfix/installed_package.hpp>
#include <wheelfix/named_recipes.hpp>
#include <wheelfix/recipe.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"
#include "wheelfix/shell_word.hpp"

namespace cli {

namespace {

namespace fs = std::filesystem;
using namespace wheelfix;

constexpr auto edit_description =
    "Makes a folder with the files of a wheel, or of an installed package, for you to edit: a copy, which\n"
    "shares nothing with the original. `wheelfix commit` then makes a patch and a recipe of what you "
    "changed.\n"
    "Prints the folder.\n";

constexpr auto edit_example =
    "  wheelfix edit numpy --env .venv\n"
    "  $EDITOR numpy-1.26.4/numpy/__init__.py\n"
    "  wheelfix commit numpy-1.26.4\n"
    "  writes patches/numpy-1.26.4/wheelfix.toml and numpy.patch\n";

Wheel open_source(const CommandLine& line) {
  const auto& given = line.positionals().front();
  if (fs::path(given).extension() == ".whl") {
    if (line.has("env")) line.refuse("--env is for an installed package, and a wheel is given");
    return Wheel::open(given, line.limits());
  }
  if (given.find('/') != std::string::npos)
    line.refuse(fmt::format("{} is neither a wheel nor the name of a package", printable(given)),
                "give a file that ends in .whl, or a name like numpy");
  std::vector<fs::path> environment;
  if (line.has("env")) environment.emplace_back(line.text("env"));
  return open_installed(environment, given, line.limits());
}

}  // namespace

int run_edit(int argc, char** argv) {
  CommandLine line("wheelfix edit", "[OPTION...] WHEEL|PACKAGE", edit_description, edit_example);
  line.add({{"env",
             "the environment that has the package: an interpreter, a venv or conda prefix, or a folder of "
             "packages (default: the Python of PATH)",
             "PATH"},
            {"o,output", "the folder to make (default: PACKAGE-VERSION)", "DIR"},
            {"patch-dir", "apply a recipe or a folder of patches first, to go on with it", "DIR", repeatable},
            {"recipe", "the same, by a name that `wheelfix recipes` lists", "RECIPE", repeatable}});
  line.add_jobs();
  line.add_limits();
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  if (line.positionals().size() != 1) line.refuse("takes one wheel, or the name of one package");

  WheelEdit edit(open_source(line));
  for (const auto& [option, value] : line.in_order({"patch-dir", "recipe"})) {
    const auto recipe = option == "recipe" ? find_named_recipe(value, "--recipe") : fs::path(value);
    apply_recipe(edit, load_recipe(recipe), {.jobs = line.jobs()});
  }
  const auto& name = edit.wheel().name();
  const fs::path folder =
      line.text("output", normalize_project_name(name.distribution()) + "-" + name.version_text());
  make_edit_folder(edit, folder, {.jobs = line.jobs(), .progress = progress_line(line.verbosity())});
  if (line.verbosity() != Verbosity::quiet)
    print_line("edit the files there, then: wheelfix commit " + shell_word(folder.string()));
  if (line.json())
    print_json({{"folder", folder.string()},
                {"source", edit.wheel().path().string()},
                {"name", name.distribution()},
                {"version", name.version_text()}});
  else
    print(printable(folder.string()) + "\n");
  return 0;
}

}  // namespace cli
