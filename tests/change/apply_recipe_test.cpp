#include <doctest/doctest.h>

#include <wheelfix/library.hpp>
#include <wheelfix/recipe.hpp>
#include <wheelfix/stub.hpp>

#include "support/wheel_builder.hpp"
#include "wheel/thrown.hpp"

using namespace wheelfix;
using test::TempFolder;
using test::WheelText;

namespace {

using Names = std::vector<std::string>;

/// A library that needs these.
std::string library(const std::string& soname, const std::string& needed, const std::string& rest = {}) {
  return make_stub(
      parse_stub_template("soname = '" + soname + "'\nmachine = 'x86_64'\nneeded = " + needed + "\n" + rest,
                          "library"),
      {});
}

WheelText wheel_with_libraries() {
  return {
      .version = "1.5",
      .files = {
          {.name = "demo/__init__.py", .content = "one = 1\ntwo = 2\nthree = 3\n"},
          {.name = "demo/a.py", .content = "a\n"},
          {.name = "demo/liba.so", .content = library("liba.so", "['libold.so.1', 'libcuda.so.1']")},
          {.name = "demo/libb.so", .content = library("libb.so", "['libc.so.6']", "rpath = '$ORIGIN'\n")}}};
}

const std::string change_two =
    "--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -1,3 +1,3 @@\n one = 1\n-two = 2\n+two = 22\n three "
    "= 3\n";
const std::string add_new = "--- /dev/null\n+++ demo/new.py\n@@ -0,0 +1 @@\n+new\n";

struct Scene {
  TempFolder folder;
  WheelEdit edit{Wheel::open(wheel_with_libraries().write(folder))};

  RecipeReport apply(const std::string& recipe, const RecipeOptions& options = {}) {
    return apply_recipe(edit, parse_recipe(recipe, folder / "wheelfix.toml"), options);
  }

  RecipeReport apply_lines(const std::string& lines, const RecipeOptions& options = {}) {
    return apply("wheel = 'demo'\n" + lines, options);
  }

  /// What a recipe with these lines is refused with, without the folder; the edit stays unchanged.
  std::string refusal(const std::string& lines, const RecipeOptions& options = {}) {
    auto text = thrown([&] { apply_lines(lines, options); });
    CHECK(edit.overlay().empty());
    const auto prefix = folder.path().string() + "/";
    for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix))
      text.erase(at, prefix.size());
    return text;
  }

  BinaryInfo info(const std::string& path) const { return read_binary(edit.read(path), path); }
};

const std::string wheel_name = "demo-1.5-py3-none-any.whl";

}  // namespace

TEST_CASE("a recipe removes, patches, adds, edits libraries and makes stubs, in this order") {
  Scene scene;
  scene.folder.write("p1.patch", change_two);
  scene.folder.write("p0.patch", add_new);
  scene.folder.write("a.txt", "another a\n");
  scene.folder.write(
      "stub.toml",
      "soname = 'libs.so'\nmachine = 'as:demo/liba.so'\nneeded = 'lib*'\nexclude = 'libcuda*'\n"
      "rpath = 'as:demo/libb.so'\n");
  const auto report = scene.apply_lines(
      "versions = '~=1.2'\nremove = ['demo/a.py']\n"
      "[[patch]]\nfile = 'p1.patch'\n[[patch]]\nfile = 'p0.patch'\nstrip = 0\n"
      "[[add]]\nentry = 'demo/a.py'\nfile = 'a.txt'\n"
      "[[rpath]]\nlibraries = 'demo/lib*.so'\nadd = '$ORIGIN/x'\n"
      "[[needed]]\nlibraries = '*'\nreplace = { 'libold.so.1' = 'libnew.so.1' }\n"
      "[[stub]]\nentry = 'demo/libs.so'\ntemplate = 'stub.toml'\n",
      {.verification = Verification::never});
  CHECK(scene.edit.read("demo/__init__.py") == "one = 1\ntwo = 22\nthree = 3\n");
  CHECK(scene.edit.read("demo/new.py") == "new\n");
  CHECK(scene.edit.read("demo/a.py") == "another a\n");
  CHECK(scene.info("demo/liba.so").needed == Names{"libnew.so.1", "libcuda.so.1"});
  CHECK(scene.info("demo/liba.so").runpath == Names{"$ORIGIN/x"});
  CHECK(scene.info("demo/libb.so").runpath == Names{"$ORIGIN", "$ORIGIN/x"});
  CHECK(scene.info("demo/libs.so").needed == Names{"libc.so.6", "libnew.so.1"});
  CHECK(scene.info("demo/libs.so").runpath == Names{"$ORIGIN", "$ORIGIN/x"});

  REQUIRE(report.removed.size() == 1);
  CHECK(report.removed[0].entries == Names{"demo/a.py"});
  CHECK(report.patched.size() == 2);
  CHECK(report.added.at(0).entry == "demo/a.py");
  CHECK(report.edited == Names{"demo/liba.so", "demo/libb.so"});
  CHECK(report.stubs.at(0).entry == "demo/libs.so");
  CHECK(report.findings.empty());
}

TEST_CASE("a wheel outside of the recipe's versions or of another project is refused") {
  Scene scene;
  CHECK_NOTHROW(scene.apply("wheel = 'DEMO'\nversions = '==1.5'\n"));
  CHECK(scene.refusal("versions = '<1.5'\n") ==
        "3 wheelfix.toml:2: is for demo <1.5, and " + wheel_name +
            " is 1.5\nhint: use the recipe for this version; widen `versions` only if you know that it fits");
  CHECK(thrown([&] { scene.apply("wheel = 'demo-x'\n"); }) ==
        "3 " + (scene.folder / "wheelfix.toml").string() + ":1: is for the project demo-x, but " +
            (scene.folder / wheel_name).string() + " isn't a wheel of it");
}

TEST_CASE("a glob that matches no entry, and one that matches a wheel's own documents, is refused") {
  Scene scene;
  CHECK(scene.refusal("remove = ['demo/a.py', 'demo/no*']\n") ==
        "3 wheelfix.toml:2: demo/no* matches no entry of " + wheel_name +
            "\nhint: `*` matches `/` too; `wheelfix inspect -v WHEEL` lists the entries");
  for (const std::string name : {"METADATA", "WHEEL", "RECORD"}) {
    CHECK(scene.refusal("remove = '*/" + name + "'\n") ==
          "3 wheelfix.toml:2: */" + name + " matches demo-1.5.dist-info/" + name +
              "\nhint: a wheel must have it: use a glob that doesn't match it");
  }
}

TEST_CASE("a glob that matches no library is refused with its line, and nothing stays of the rest") {
  Scene scene;
  CHECK(scene.refusal("remove = 'demo/a.py'\n[[rpath]]\nlibraries = ['demo/liba.so',\n'*.py']\nset = 'x'\n")
            .starts_with("3 wheelfix.toml:5: "));
}

TEST_CASE("an addition never replaces an entry, and lies inside of the wheel") {
  Scene scene;
  scene.folder.write("x", "x");
  scene.folder.write("s.toml", "soname = 'libs.so'\nmachine = 'x86_64'\n");
  const auto add = [](const std::string& entry) { return "[[add]]\nfile = 'x'\nentry = '" + entry + "'\n"; };
  const std::string hint = "\nhint: to replace an entry, remove it too: removals come first";
  CHECK(scene.refusal(add("demo/a.py")) ==
        "3 wheelfix.toml:4: demo/a.py is in " + wheel_name + " already" + hint);
  CHECK(scene.refusal(add("demo-1.5.dist-info/RECORD")) ==
        "3 wheelfix.toml:4: demo-1.5.dist-info/RECORD can't be added: RECORD is made when the wheel is "
        "written, and a signature of it would not match\nhint: sign the new wheel");
  CHECK(scene.refusal(add("../x")).starts_with("3 wheelfix.toml:4: ../x can't be an entry: "));
  CHECK(scene.refusal(add("/x")).starts_with("3 wheelfix.toml:4: /x can't be an entry: "));
  CHECK(scene.refusal(add("x/")).starts_with("3 wheelfix.toml:4: x/ can't be an entry: "));
  CHECK(scene.refusal("[[stub]]\ntemplate = 's.toml'\nentry = 'demo/liba.so'\n") ==
        "3 wheelfix.toml:4: demo/liba.so is in " + wheel_name + " already" + hint);
  CHECK(scene.refusal("[[add]]\nfile = 'no'\nentry = 'demo/no'\n") ==
        "4 no: cannot open: No such file or directory\nhint: check the spelling and the folder");
}

TEST_CASE("an executable file is added as one") {
  Scene scene;
  const auto file = scene.folder.write("x", "x");
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  scene.apply_lines("[[add]]\nfile = 'x'\nentry = 'demo/x'\n");
  CHECK(scene.edit.mode("demo/x") == 0755);
}

TEST_CASE("patches of different -p keep their order, backwards too") {
  Scene scene;
  const auto step = [](const std::string& prefix, const char* from, const char* to) {
    return "--- " + prefix + "demo/a.py\n+++ " + prefix + "demo/a.py\n@@ -1 +1 @@\n-" + from + "\n+" + to +
           "\n";
  };
  scene.folder.write("1.patch", step("", "a", "b"));
  scene.folder.write("2.patch", step("x/", "b", "c"));
  scene.folder.write("3.patch", step("", "c", "d"));
  const std::string recipe =
      "[[patch]]\nfile = '1.patch'\nstrip = 0\n[[patch]]\nfile = '2.patch'\n[[patch]]\nfile = "
      "'3.patch'\nstrip = 0\n";
  scene.apply_lines(recipe);
  CHECK(scene.edit.read("demo/a.py") == "d\n");
  const auto report = scene.apply_lines(recipe, {.patch = {.reverse = true}});
  CHECK(scene.edit.read("demo/a.py") == "a\n");
  CHECK(report.patched.size() == 3);
}

TEST_CASE("what can't be undone is not reversed") {
  Scene scene;
  scene.folder.write("x", "x");
  const RecipeOptions reverse{.patch = {.reverse = true}};
  for (const std::string lines :
       {"remove = 'demo/a.py'\n", "[[rpath]]\nset = 'x'\nlibraries = '*.so'\n",
        "[[add]]\nfile = 'x'\nentry = 'x'\n", "[[stub]]\ntemplate = 'x'\nentry = 'x'\n"}) {
    const auto line = lines.starts_with("remove") ? "2" : "4";
    CHECK(scene.refusal(lines, reverse)
              .starts_with(std::string("3 wheelfix.toml:") + line + ": --reverse undoes only patches"));
  }
}

TEST_CASE("libraries that can't be read are reported when a stub is made") {
  WheelText text = wheel_with_libraries();
  text.files.push_back({.name = "demo/libbad.so",
                        .content = "\x7f"
                                   "ELF and no more"});
  const TempFolder folder;
  WheelEdit edit(Wheel::open(text.write(folder)));
  folder.write("s.toml", "soname = 'libs.so'\nmachine = 'x86_64'\n");
  const auto report =
      apply_recipe(edit,
                   parse_recipe("wheel = 'demo'\n[[stub]]\nentry = 's.so'\ntemplate = 's.toml'\n",
                                folder / "wheelfix.toml"),
                   {});
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].path == "demo/libbad.so");
}
