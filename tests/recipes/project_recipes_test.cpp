#include <doctest/doctest.h>

#include <wheelfix/applied_changes.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/project_recipes.hpp>

#include "support/wheel_builder.hpp"

using namespace wheelfix;
using test::TempFolder;
using State = RecipeMatch::State;

namespace {

namespace fs = std::filesystem;

void add_recipe(const TempFolder& folder, const std::string& name, const std::string& text) {
  folder.write(name + "/wheelfix.toml", text);
  folder.write(name + "/a.patch", "--- a/demo/a.py\n+++ b/demo/a.py\n@@ -1 +1 @@\n-a\n+b\n");
}

std::vector<std::string> names_of(const std::vector<ProjectRecipe>& recipes) {
  std::vector<std::string> names;
  for (const auto& recipe : recipes) names.push_back(recipe.folder.filename().string());
  return names;
}

void install(const TempFolder& site, const std::string& name) {
  site.write(name + ".dist-info/RECORD", "demo/a.py,,\n");
}

std::vector<State> states_of(const std::vector<ProjectRecipe>& recipes, const TempFolder& site) {
  std::vector<State> states;
  for (const auto& match : match_recipes(recipes, {site.path()}, RecipeSet::all))
    states.push_back(match.state);
  return states;
}

}  // namespace

TEST_CASE("pyproject.toml names the folders of recipes, for all folders below it") {
  const TempFolder root;
  root.write("pyproject.toml", "[project]\nname = 'x'\n[tool.wheelfix]\npatches = ['fixes', 'more/fixes']\n");
  for (const auto* name : {"fixes", "more/fixes", "src/deep", "patches"}) fs::create_directories(root / name);
  const std::vector<fs::path> expected = {root / "fixes", root / "more/fixes"};
  CHECK(find_project(root.path()).folders == expected);
  CHECK(find_project(root / "src/deep").folders == expected);
  CHECK(find_project(root / "src/deep").root == root.path());
}

TEST_CASE("a project that names no folders has patches, if that is there") {
  const TempFolder root;
  root.write("pyproject.toml", "[tool.other]\na = 1\n");
  CHECK(find_project(root.path()).folders.empty());
  fs::create_directory(root / "patches");
  CHECK(find_project(root.path()).folders == std::vector<fs::path>{root / "patches"});
}

TEST_CASE("what pyproject.toml has of wheelfix is checked") {
  const TempFolder root;
  const auto refusal = [&](const std::string& text) {
    root.write("pyproject.toml", text);
    try {
      find_project(root.path());
    } catch (const Error& error) {
      return std::string(error.what()).substr(root.path().string().size() + 1);
    }
    return std::string();
  };
  CHECK(refusal("[tool.wheelfix]\npatches = ['gone']\n") == "pyproject.toml:2: gone isn't a folder");
  CHECK(refusal("[tool.wheelfix]\npatch = ['a']\n") == "pyproject.toml:2: unknown key 'patch'");
  CHECK(refusal("tool = 1\n") == "pyproject.toml:1: tool must be a table, [tool], not an integer");
}

TEST_CASE("recipes are found in a folder of recipes, in order of name, and a digest has all of their files") {
  const TempFolder root;
  add_recipe(root, "patches/b", "wheel = 'demo'\n");
  add_recipe(root, "patches/a", "wheel = 'demo'\nsuffix = 'x.1'\n");
  root.write("patches/templates/x.toml", "");
  root.write("patches/README.md", "");
  const auto recipes = find_recipes({root / "patches"}, RecipeSet::all);
  CHECK(names_of(recipes) == std::vector<std::string>{"a", "b"});
  CHECK_FALSE(recipes[0].recipe.suffix);
  CHECK(names_of(find_recipes({root / "patches/b"}, RecipeSet::some)) == std::vector<std::string>{"b"});
  CHECK(find_recipes({root / "patches/b"}, RecipeSet::some)[0].digest == recipes[1].digest);
  root.write("patches/b/a.patch", "--- a/demo/a.py\n+++ b/demo/a.py\n@@ -1 +1 @@\n-a\n+c\n");
  CHECK(find_recipes({root / "patches/b"}, RecipeSet::some)[0].digest != recipes[1].digest);
  CHECK_THROWS_AS(find_recipes({root / "patches/templates"}, RecipeSet::some), Error);
  CHECK(find_recipes({root / "patches/templates"}, RecipeSet::all).empty());
  CHECK_THROWS_AS(find_recipes({root / "gone"}, RecipeSet::all), Error);
}

TEST_CASE("a recipe is due if its package is installed in a version that it is for") {
  const TempFolder root, site;
  add_recipe(root, "a", "wheel = 'My.Demo'\nversions = '==1.0'\n");
  add_recipe(root, "b", "wheel = 'my-demo'\nversions = '>=2'\n");
  add_recipe(root, "c", "wheel = 'other'\n");
  install(site, "my_demo-1.0+local");
  const auto recipes = find_recipes({root.path()}, RecipeSet::all);
  CHECK(states_of(recipes, site) ==
        std::vector<State>{State::due, State::other_version, State::not_installed});
  CHECK(match_recipes(recipes, {site.path()}, RecipeSet::all)[0].version == "1.0+local");
}

namespace {

/// Two recipes, a and b, for a package whose wheelfix.json says what was done.
struct Scene {
  TempFolder root, site;
  std::vector<ProjectRecipe> recipes;
  AppliedChanges changes;

  Scene() {
    add_recipe(root, "a", "wheel = 'demo'\n");
    add_recipe(root, "b", "wheel = 'demo'\n");
    recipes = find_recipes({root.path()}, RecipeSet::all);
    install(site, "demo-1.0");
    site.write("demo/a.py", "b\n");
    changes.files.push_back(
        {.path = "demo/a.py",
         .before = AppliedState{},
         .after = AppliedState{.hash = test::sha256_row_hash("b\n"), .size = 2, .mode = 0644, .mtime_ns = 1},
         .kept = {}});
  }
  AppliedSource source(std::size_t number) const { return {recipes[number].name(), recipes[number].digest}; }
  std::vector<RecipeMatch> match(std::vector<AppliedSource> sources, RecipeSet set = RecipeSet::all,
                                 const std::string& other_command = {}) {
    changes.runs = {{.time = 0, .version = "0", .command = "apply", .sources = std::move(sources)}};
    if (!other_command.empty()) changes.runs.push_back({.time = 0, .version = "0", .command = other_command});
    site.write("demo-1.0.dist-info/wheelfix.json", to_text(changes));
    return match_recipes(recipes, {site.path()}, set);
  }
};

void check(const RecipeMatch& match, State state, const std::string& why, bool is_again) {
  CHECK(match.state == state);
  CHECK(match.why == why);
  CHECK(match.is_again == is_again);
}

}  // namespace

TEST_CASE("the recipes of the last run are applied, and what follows them is due") {
  Scene scene;
  auto found = scene.match({scene.source(0), scene.source(1)});
  check(found[0], State::applied, "", false);
  check(found[1], State::applied, "", false);
  found = scene.match({scene.source(0)}, RecipeSet::some, "patch");
  check(found[0], State::applied, "", false);
  check(found[1], State::due, "", false);
}

TEST_CASE("recipes that changed, moved or went are due again, from what the installer wrote") {
  Scene scene;
  auto found = scene.match({{"a", "sha256=old"}, scene.source(1)});
  check(found[0], State::due, "the recipe was changed since it was applied", true);
  check(found[1], State::due, "the recipe was changed since it was applied", true);
  found = scene.match({scene.source(1)});
  check(found[0], State::due, "the recipe b was applied before it", true);
  found = scene.match({scene.source(0), scene.source(1), {"c", "sha256=c"}});
  check(found[0], State::applied, "", true);
  check(found[1], State::due, "the recipe c isn't there any more", true);
}

TEST_CASE("what would be lost blocks a recipe") {
  Scene scene;
  auto found = scene.match({scene.source(0), {"c", "sha256=c"}}, RecipeSet::some);
  check(found[1], State::blocked, "the recipe c was applied too, and isn't given", false);
  found = scene.match({{"a", "sha256=old"}}, RecipeSet::all, "repair");
  check(found[0], State::blocked,
        "the recipe was changed since it was applied, and the package was changed by other commands too",
        false);
  scene.site.write("demo/a.py", "by hand\n");
  found = scene.match({scene.source(0)});
  check(found[0], State::blocked, "demo/a.py was changed since wheelfix changed it", false);
}

TEST_CASE("recipes that a project has no more are found by what was applied") {
  Scene scene;
  scene.match({scene.source(0), scene.source(1)});
  CHECK(find_left_recipes(scene.recipes, {scene.site.path()}).empty());
  const auto left = find_left_recipes({}, {scene.site.path()});
  REQUIRE(left.size() == 1);
  CHECK(left[0].project == "demo");
  CHECK(left[0].names == std::vector<std::string>{"a", "b"});
  scene.match({});
  CHECK(find_left_recipes({}, {scene.site.path()}).empty());
}

TEST_CASE("a wheelfix.json that can't be read is an error") {
  Scene scene;
  scene.site.write("demo-1.0.dist-info/wheelfix.json", "{");
  CHECK_THROWS_AS(match_recipes(scene.recipes, {scene.site.path()}, RecipeSet::all), Error);
}

TEST_CASE("a venv's folder of packages is found without its Python") {
  const TempFolder root;
  root.write("pyvenv.cfg", "");
  const auto site = root / "lib/python3.11/site-packages";
  fs::create_directories(site);
  CHECK(find_sites({root.path()}) == std::vector<fs::path>{site});
}
