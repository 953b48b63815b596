#include <doctest/doctest.h>

#include <wheelfix/recipe.hpp>

#include "support/temp_folder.hpp"
#include "wheel/thrown.hpp"

using namespace wheelfix;
using test::TempFolder;

namespace {

using Action = LibraryRule::Action;
using Names = std::vector<std::string>;

Recipe parse(const std::string& text) {
  return parse_recipe(text, "fix/wheelfix.toml");
}

/// What is said of a recipe that has these lines after one that is right.
std::string refusal(const std::string& lines) {
  return thrown([&] { parse("wheel = 'torch'\n" + lines); });
}

struct Rule {
  Action action;
  std::string glob;
  Names values;
  std::string origin;

  bool operator==(const Rule&) const = default;
};

std::vector<Rule> rules_of(const Recipe& recipe) {
  std::vector<Rule> rules;
  for (const auto& rule : recipe.rules) rules.push_back({rule.action, rule.glob, rule.values, rule.origin});
  return rules;
}

std::string patch_text() {
  return "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+x\n";
}

}  // namespace

TEST_CASE("a recipe says which wheel it is for, and under which label it goes") {
  const auto recipe = parse("wheel = 'torch'\nversions = '>=2.1,<2.2'\nsuffix = 'fix.1'\n");
  REQUIRE(recipe.targets.size() == 1);
  CHECK(recipe.targets[0].project == "torch");
  CHECK(recipe.targets[0].versions.contains(Version::parse("2.1.2")));
  CHECK_FALSE(recipe.targets[0].versions.contains(Version::parse("2.2")));
  CHECK(recipe.targets[0].where == "fix/wheelfix.toml:2");
  REQUIRE(recipe.suffix);
  CHECK(recipe.suffix->label == "fix.1");
  CHECK(recipe.suffix->where == "fix/wheelfix.toml:3");
  CHECK(parse("wheel = 'torch'\n").targets[0].versions.contains(Version::parse("0.1")));
}

TEST_CASE("files are beside the recipe, in their order") {
  const auto recipe = parse(
      "wheel = 'torch'\n"
      "remove = ['torch/bin/*', 'torch/x.py']\n"
      "[[patch]]\nfile = 'b.patch'\n"
      "[[patch]]\nfile = 'more/a.patch'\nstrip = 0\n"
      "[[add]]\nentry = 'torch/lib/liba.so'\nfile = 'liba.so'\n"
      "[[stub]]\nentry = 'torch/lib/libb.so'\ntemplate = './libb.toml'\n");
  REQUIRE(recipe.removals.size() == 2);
  CHECK(recipe.removals[1].glob == "torch/x.py");
  CHECK(recipe.removals[1].where == "fix/wheelfix.toml:2");
  REQUIRE(recipe.patches.size() == 2);
  CHECK(recipe.patches[0].file == "fix/b.patch");
  CHECK_FALSE(recipe.patches[0].strip);
  CHECK(recipe.patches[1].file == "fix/more/a.patch");
  CHECK(recipe.patches[1].strip == 0);
  REQUIRE(recipe.additions.size() == 1);
  CHECK(recipe.additions[0].entry == "torch/lib/liba.so");
  CHECK(recipe.additions[0].file == "fix/liba.so");
  CHECK(recipe.additions[0].where == "fix/wheelfix.toml:9");
  REQUIRE(recipe.stubs.size() == 1);
  CHECK(recipe.stubs[0].file == "fix/./libb.toml");
}

TEST_CASE("rules go library by library in the order remove, replace, add") {
  const auto recipe = parse(
      "wheel = 'torch'\n"
      "rpath-kind = 'rpath'\n"
      "[[rpath]]\nlibraries = ['a*', 'b*']\nadd = ['$ORIGIN/x:$ORIGIN/y', 'z']\nremove = '/usr/lib'\n"
      "[[rpath]]\nlibraries = 'c'\nset = []\n"
      "[[rpath]]\nlibraries = 'd'\nset = ['$ORIGIN']\n"
      "[[needed]]\nlibraries = 'e'\nadd = 'n'\nreplace = { old = 'new' }\nremove = ['o', 'p']\n"
      "[[soname]]\nlibrary = 'f'\nsoname = 'libf.so'\n");
  REQUIRE(recipe.rpath_kind);
  CHECK(recipe.rpath_kind->kind == SearchPathKind::rpath);
  const auto at = [](int line) { return "fix/wheelfix.toml:" + std::to_string(line); };
  const std::vector<Rule> expected = {
      {Action::remove_rpath, "a*", {"/usr/lib"}, at(4)},
      {Action::remove_rpath, "b*", {"/usr/lib"}, at(4)},
      {Action::add_rpath, "a*", {"$ORIGIN/x", "$ORIGIN/y", "z"}, at(4)},
      {Action::add_rpath, "b*", {"$ORIGIN/x", "$ORIGIN/y", "z"}, at(4)},
      {Action::remove_rpath, "c", {}, at(8)},
      {Action::set_rpath, "d", {"$ORIGIN"}, at(11)},
      {Action::remove_needed, "e", {"o", "p"}, at(14)},
      {Action::replace_needed, "e", {"old", "new"}, at(14)},
      {Action::add_needed, "e", {"n"}, at(14)},
      {Action::set_soname, "f", {"libf.so"}, at(19)},
  };
  CHECK(rules_of(recipe) == expected);
}

TEST_CASE("what can't be meant is refused with its line") {
  const std::string where = "3 fix/wheelfix.toml:";
  CHECK(thrown([] { parse("suffix = 'x'\n"); }) == where + "1: the key wheel is missing");
  CHECK(refusal("\nsufix = 'x'\n") ==
        where +
            "3: unknown key 'sufix'\nhint: the keys here are description, wheel, versions, suffix, "
            "remove, patch, add, rpath-kind, rpath, needed, soname, stub, doctor");
  CHECK(refusal("versions = '2.1'\n") ==
        where +
            "2: 2.1: is not a version specifier: it begins with no operator\nhint: specifiers look like "
            "==2.1.*, ~=2.1.0 or >=2.1,<2.2 (PEP 440)");
  CHECK(refusal("suffix = 'a/b'\n").starts_with(where + "2: a/b: not a local version label\nhint: "));
  CHECK(refusal("rpath-kind = 'rpath'\n") == where + "2: rpath-kind is given without [[rpath]]");
  CHECK(refusal("rpath-kind = 'x'\n[[rpath]]\nlibraries = 'a'\nset = 'x'\n") ==
        where + "2: rpath-kind is 'x'\nhint: it must be keep, rpath or runpath");
  CHECK(refusal("[[patch]]\nfile = 'x'\nstrip = 101\n") == where + "4: strip is more than 100");
  CHECK(refusal("[[patch]]\nstrip = 1\n") == where + "2: the key file is missing");
  CHECK(refusal("[[add]]\nentry = 'x'\ntemplate = 'x'\n") ==
        where + "4: unknown key 'template'\nhint: the keys here are entry, file");
  CHECK(refusal("[[rpath]]\nset = 'x'\n") ==
        where + "2: libraries names no library\nhint: give globs of paths");
  CHECK(refusal("[[rpath]]\nlibraries = 'x'\n") ==
        where + "2: changes nothing\nhint: give one of set, remove, add");
  CHECK(refusal("[[rpath]]\nlibraries = 'x'\nset = 'x'\nadd = 'y'\n") ==
        where + "4: is given together with add or remove\nhint: set gives the whole path");
  CHECK(refusal("[[rpath]]\nlibraries = 'x'\nremove = []\n") ==
        where + "4: remove is an empty list\nhint: to remove the whole path, write set = []");
  CHECK(refusal("[[needed]]\nlibraries = 'x'\nadd = []\n") == where + "4: add is an empty list");
  CHECK(refusal("[[needed]]\nlibraries = 'x'\n") ==
        where + "2: changes nothing\nhint: give one of remove, replace, add");
  CHECK(refusal("[[needed]]\nlibraries = 'x'\nreplace = { a = 1 }\n") ==
        where + "4: a must be a string, not an integer");
}

TEST_CASE("no file of a recipe lies outside of its folder") {
  const std::string hint = "\nhint: put the file next to the recipe, or name it with an option";
  for (const std::string file : {"../x.patch", "a/../../x.patch", "/etc/passwd", "a/.."}) {
    CHECK(refusal("[[patch]]\nfile = '" + file + "'\n") ==
          "3 fix/wheelfix.toml:3: " + file + " leaves the folder of the recipe" + hint);
    CHECK(refusal("[[add]]\nentry = 'x'\nfile = '" + file + "'\n") ==
          "3 fix/wheelfix.toml:4: " + file + " leaves the folder of the recipe" + hint);
    CHECK(refusal("[[stub]]\nentry = 'x'\ntemplate = '" + file + "'\n") ==
          "3 fix/wheelfix.toml:4: " + file + " leaves the folder of the recipe" + hint);
  }
}

TEST_CASE("a folder's recipe takes the patches that it lists, or else all of the folder's") {
  const TempFolder folder;
  folder.write("b.patch", patch_text());
  folder.write("a.patch", patch_text());
  const auto patches = [&] {
    Names names;
    for (const auto& patch : load_recipe(folder.path()).patches)
      names.push_back(patch.file.filename().string());
    return names;
  };
  CHECK(patches() == Names{"a.patch", "b.patch"});
  folder.write("wheelfix.toml", "wheel = 'demo'\n");
  CHECK(patches() == Names{"a.patch", "b.patch"});
  folder.write("series", "b.patch\n");
  CHECK(patches() == Names{"b.patch"});
  folder.write("wheelfix.toml", "wheel = 'demo'\n[[patch]]\nfile = 'a.patch'\n");
  CHECK(patches() == Names{"a.patch"});
}

TEST_CASE("a folder with a recipe need not hold patches") {
  const TempFolder folder;
  CHECK_THROWS_WITH((void)load_recipe(folder.path()),
                    (folder.path().string() + ": has no *.patch and no *.diff").c_str());
  folder.write("wheelfix.toml", "wheel = 'demo'\nremove = 'x'\n");
  CHECK(load_recipe(folder.path()).patches.empty());
  CHECK(load_recipe(folder.path()).removals.at(0).where == folder.path().string() + "/wheelfix.toml:2");
}

TEST_CASE("recipes are put together in their order, and must agree on what there is one of") {
  auto all = parse("wheel = 'torch'\nsuffix = 'a'\nremove = 'x'\n");
  all.append(parse_recipe("wheel = 'torch'\nremove = 'y'\nsuffix = 'a'\n", "b/wheelfix.toml"));
  REQUIRE(all.removals.size() == 2);
  CHECK(all.removals[1].glob == "y");
  CHECK(all.targets.size() == 2);
  CHECK(
      thrown([&] { all.append(parse_recipe("wheel = 'torch'\nsuffix = 'b'\n", "c/wheelfix.toml")); }) ==
      "3 c/wheelfix.toml:2: has the suffix b, and fix/wheelfix.toml:2 has a\nhint: choose one with --suffix");
  const std::string rpath = "[[rpath]]\nlibraries = 'a'\nset = 'x'\n";
  all.append(parse("wheel = 'torch'\nrpath-kind = 'rpath'\n" + rpath));
  CHECK(thrown([&] { all.append(parse("wheel = 'torch'\n\nrpath-kind = 'runpath'\n" + rpath)); }) ==
        "3 fix/wheelfix.toml:3: has another rpath-kind than fix/wheelfix.toml:2\nhint: choose one with "
        "--rpath-kind");
}

TEST_CASE("an addition is cut at its first equals sign") {
  const auto addition = parse_addition("demo/a,b=c=d", "ENTRY=FILE", "--add");
  CHECK(addition.entry == "demo/a,b");
  CHECK(addition.file == "c=d");
  CHECK(addition.where == "--add");
  for (const auto* text : {"demo", "=x", "demo=", ""}) {
    CHECK(thrown([&] { (void)parse_addition(text, "ENTRY=FILE", "--add"); }) ==
          "2 --add: takes ENTRY=FILE, not '" + std::string(text) + "'\nhint: ENTRY is the path in the wheel");
  }
}
