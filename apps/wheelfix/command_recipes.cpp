#include <nlohmann/json.hpp>
#include <wheelfix/named_recipes.hpp>
#include <wheelfix/recipe.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "common/terminal.hpp"
#include "wheelfix/commands.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto recipes_description =
    "Lists the recipes that `--recipe NAME` finds: what each is for, and what it does. They come with "
    "wheelfix.\n"
    "If $WHEELFIX_RECIPES names a folder of recipes, these are found too, and first.\n";

constexpr auto recipes_example =
    "  wheelfix recipes\n"
    "  wheelfix patch --recipe torch-2.1.0 torch-2.1.0-cp311-cp311-manylinux1_x86_64.whl\n";

constexpr std::size_t list_width = 100;

std::string paragraph(const std::string& name, const Recipe& recipe) {
  const auto& target = recipe.targets.front();
  auto head = fmt::format("{}, for {}", name, target.project);
  if (const auto& versions = target.versions.text(); !versions.empty()) head += " " + versions;
  return printable(head) + "\n" + wrapped(printable(recipe.description), "  ", "  ", list_width);
}

nlohmann::ordered_json document(const std::string& name, const std::filesystem::path& folder,
                                const Recipe& recipe) {
  const auto& target = recipe.targets.front();
  return {{"name", name},
          {"description", string_or_null(recipe.description)},
          {"project", target.project},
          {"versions", string_or_null(target.versions.text())},
          {"suffix", recipe.suffix ? nlohmann::ordered_json(recipe.suffix->label) : nullptr},
          {"folder", folder.string()}};
}

}  // namespace

int run_recipes(int argc, char** argv) {
  CommandLine line("wheelfix recipes", "[OPTION...]", recipes_description, recipes_example);
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  if (!line.positionals().empty()) line.refuse("takes no arguments", "it lists all recipes");

  auto documents = nlohmann::ordered_json::array();
  std::string text;
  for (const auto& [name, folder] : find_named_recipes()) {
    const auto recipe = load_recipe(folder);
    documents.push_back(document(name, folder, recipe));
    text += (text.empty() ? "" : "\n") + paragraph(name, recipe);
  }
  if (line.json()) {
    print_json({{"recipes", documents}});
  } else {
    print(text);
    if (line.verbosity() != Verbosity::quiet)
      print_line(text.empty() ? "no recipes are installed: $WHEELFIX_RECIPES may name a folder of them"
                              : "\napply one: wheelfix patch --recipe NAME WHEEL");
  }
  return 0;
}

}  // namespace cli
