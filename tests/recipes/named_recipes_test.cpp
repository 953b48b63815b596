#include <doctest/doctest.h>
#include <stdlib.h>

#include <wheelfix/error.hpp>
#include <wheelfix/named_recipes.hpp>

#include "support/temp_folder.hpp"

using namespace wheelfix;
using test::TempFolder;

namespace {

/// Names a folder of recipes to the library.
class OwnRecipes {
 public:
  explicit OwnRecipes(const std::filesystem::path& folder) {
    ::setenv("WHEELFIX_RECIPES", folder.c_str(), 1);
  }
  ~OwnRecipes() { ::unsetenv("WHEELFIX_RECIPES"); }
};

std::string refusal(std::string_view name) {
  try {
    find_named_recipe(name, "--recipe");
  } catch (const Error& error) {
    return std::string(error.what()) + " | " + error.hint();
  }
  return "found";
}

}  // namespace

TEST_CASE("a recipe of one's own has the name of its folder") {
  const TempFolder root;
  root.write("demo-fix/wheelfix.toml", "wheel = 'demo'\n");
  root.write("no-recipe/a.patch", "");
  const OwnRecipes own(root.path());
  CHECK(find_named_recipe("demo-fix", "--recipe") == root / "demo-fix");
  CHECK(find_named_recipes().at("demo-fix") == root / "demo-fix");
  CHECK_FALSE(find_named_recipes().contains("no-recipe"));
}

TEST_CASE("an unknown name is an error that says what is like it, and for a path which option takes paths") {
  const TempFolder root;
  root.write("demo-fix/wheelfix.toml", "wheel = 'demo'\n");
  const OwnRecipes own(root.path());
  CHECK(refusal("demofix") ==
        "--recipe: no recipe has the name 'demofix' | is it demo-fix? `wheelfix recipes` lists them all");
  CHECK(refusal("unheard") == "--recipe: no recipe has the name 'unheard' | `wheelfix recipes` lists them");
  CHECK(refusal("fixes/demo-fix") ==
        "--recipe: no recipe has the name 'fixes/demo-fix' | for a folder of your own it is --patch-dir "
        "fixes/demo-fix");
  CHECK(refusal("") == "--recipe: no recipe has the name '' | `wheelfix recipes` lists them");
}

TEST_CASE("$WHEELFIX_RECIPES must be a folder") {
  const TempFolder root;
  const OwnRecipes own(root.write("file", ""));
  CHECK(refusal("x") == "WHEELFIX_RECIPES: " + (root / "file").string() +
                            " isn't a folder | name a folder of recipes, or unset it");
}
