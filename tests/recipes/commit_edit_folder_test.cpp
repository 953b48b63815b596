#include <doctest/doctest.h>
#include <sys/stat.h>

#include <wheelfix/edit_folder.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/installed_package.hpp>
#include <wheelfix/patch.hpp>
#include <wheelfix/recipe.hpp>

#include "support/wheel_builder.hpp"

using namespace wheelfix;
using test::slurp;
using test::TempFolder;
using test::WheelText;

namespace {

namespace fs = std::filesystem;
using Kind = FolderChange::Kind;

const std::string binary(
    "\x7f"
    "ELF\0one",
    8);

const WheelText demo{.files = {{.name = "demo/__init__.py", .content = "one = 1\ntwo = 2\n"},
                               {.name = "demo/gone.py", .content = "gone\n"},
                               {.name = "demo/gone[1].bin", .content = binary},
                               {.name = "demo/lib.so", .content = binary, .mode = 0100755},
                               {.name = "demo/run", .content = "#!/bin/sh\n", .mode = 0100644}}};

/// A wheel, and a folder to edit that was made from it.
struct Scene {
  TempFolder folder;
  fs::path wheel = demo.write(folder);
  fs::path tree = folder / "demo-1.0";

  Scene() { make_edit_folder(WheelEdit(Wheel::open(wheel)), tree); }

  void write(const std::string& name, const std::string& content) const {
    folder.write("demo-1.0/" + name, content);
  }
  CommittedFolder commit(CommitOptions options = {}) const {
    if (options.recipe.empty()) options.recipe = folder / "fix";
    return commit_edit_folder(tree, options);
  }
  std::string refusal(const CommitOptions& options = {}) const {
    try {
      commit(options);
    } catch (const Error& error) {
      return error.message();
    }
    return {};
  }
  /// The recipe's result for the wheel, compared with the folder.
  std::string difference_of_result() const {
    WheelEdit edit(Wheel::open(wheel));
    apply_recipe(edit, load_recipe(folder / "fix"), {});
    edit.set_local_label("x");
    const auto made = write_wheel(edit);
    return diff_wheel_with_folder(Wheel::open(made), tree);
  }
  fs::path write_wheel(const WheelEdit& edit) const {
    return wheelfix::write(edit, {.dest_dir = folder / "out"}).output;
  }
};

void set_mode(const fs::path& path, unsigned mode) {
  fs::permissions(path, static_cast<fs::perms>(mode));
}

}  // namespace

TEST_CASE("a folder to edit has the files of the wheel, but for RECORD, and nothing differs at first") {
  const Scene scene;
  CHECK(slurp(scene.tree / "demo/lib.so") == binary);
  CHECK(!fs::exists(scene.tree / "demo-1.0.dist-info/RECORD"));
  CHECK(fs::exists(scene.tree / "demo-1.0.dist-info/METADATA"));
  struct stat status;
  REQUIRE(::stat((scene.tree / "demo/lib.so").c_str(), &status) == 0);
  CHECK((status.st_mode & 0111) != 0);
  CHECK(scene.commit().files.empty());
  CHECK(!fs::exists(scene.folder / "fix"));
}

TEST_CASE("all kinds of edits make a recipe that gives the edited files") {
  const Scene scene;
  scene.write("demo/__init__.py", "one = 1\ntwo = 22\nthree = 3\n");
  fs::remove(scene.tree / "demo/gone.py");
  fs::remove(scene.tree / "demo/gone[1].bin");
  scene.write("demo/lib.so", binary + "more");
  scene.write("demo/new.py", "new\n");
  scene.write("demo/empty.py", "");
  scene.write("demo/new.so", binary + "new");
  set_mode(scene.tree / "demo/new.so", 0755);
  set_mode(scene.tree / "demo/run", 0755);
  const auto made = scene.commit();
  CHECK(made.files ==
        std::vector<FolderChange>{
            {.path = "demo/__init__.py", .kind = Kind::changed, .lines_added = 2, .lines_removed = 1},
            {.path = "demo/empty.py", .kind = Kind::added},
            {.path = "demo/gone.py", .kind = Kind::removed, .lines_removed = 1},
            {.path = "demo/gone[1].bin", .kind = Kind::removed, .is_binary = true},
            {.path = "demo/lib.so", .kind = Kind::changed, .is_binary = true},
            {.path = "demo/new.py", .kind = Kind::added, .lines_added = 1},
            {.path = "demo/new.so", .kind = Kind::added, .is_binary = true},
            {.path = "demo/run", .kind = Kind::changed, .mode = 0755}});
  CHECK(slurp(scene.folder / "fix/files/demo/new.so") == binary + "new");
  CHECK(scene.difference_of_result().empty());
}

TEST_CASE("what Python, editors and version control leave isn't part of the recipe") {
  const Scene scene;
  for (const auto* name : {"demo/__pycache__/a.cpython-311.pyc", ".git/HEAD", "demo/__init__.py~",
                           "demo/__init__.py.orig", "demo/.#lock", ".vscode/settings.json", "demo/.a.swp"})
    scene.write(name, "left");
  const auto made = scene.commit();
  CHECK(made.files.empty());
  CHECK(made.left_out.size() == 5);  // of __pycache__ and .git nothing is looked at
}

TEST_CASE("files of the wheel count whatever their names are") {
  const TempFolder folder;
  const WheelText odd{.files = {{.name = "demo/a.orig", .content = "a\n"}}};
  make_edit_folder(WheelEdit(Wheel::open(odd.write(folder))), folder / "tree");
  folder.write("tree/demo/a.orig", "b\n");
  CHECK(commit_edit_folder(folder / "tree", {.recipe = folder / "fix"}).files.size() == 1);
}

TEST_CASE("METADATA's edits are part of the recipe") {
  const Scene scene;
  const auto name = "demo-1.0.dist-info/METADATA";
  auto text = slurp(scene.tree / name);
  text.insert(text.find("\n\n") + 1, "Requires-Dist: six\n");
  scene.write(name, text);
  CHECK(scene.commit().files.front().path == name);
  CHECK(scene.difference_of_result().empty());
}

TEST_CASE("a wheel that changed, or is gone, is an error, and another one with the same files will do") {
  const Scene scene;
  scene.write("demo/__init__.py", "1\n");
  fs::create_directory(scene.folder / "moved");
  const auto moved = scene.folder / "moved/demo-1.0-py3-none-any.whl";
  fs::rename(scene.wheel, moved);
  CHECK(scene.refusal() == "was made from " + scene.wheel.string() + ", which is gone");
  CHECK(scene.commit({.wheel = moved}).files.size() == 1);

  WheelText{.files = {{.name = "demo/__init__.py", .content = "other\n"}}}.write(scene.folder);
  CHECK(scene.refusal() == "was made from " + scene.wheel.string() + ", which has other files now");
  CHECK(scene.refusal({.wheel = scene.wheel}).find("has other files than") == 0);
}

TEST_CASE("a recipe is replaced only if that is asked for, and an older one's files must not matter") {
  const Scene scene;
  scene.write("demo/__init__.py", "1\n");
  scene.commit();
  scene.write("demo/__init__.py", "2\n");
  CHECK(scene.refusal() == "isn't empty");
  scene.commit({.overwrite = true});
  CHECK(scene.difference_of_result().empty());

  scene.write("demo/__init__.py", "one = 1\ntwo = 2\n");
  fs::remove(scene.tree / "demo/lib.so");
  const auto before = slurp(scene.folder / "fix/wheelfix.toml");
  CHECK(scene.refusal({.overwrite = true}) == "would change other files than those that were edited");
  CHECK(slurp(scene.folder / "fix/wheelfix.toml") == before);
}

TEST_CASE("a folder that isn't empty is refused, and one that can't be filled is removed") {
  const Scene scene;
  const WheelEdit edit(Wheel::open(scene.wheel));
  CHECK_THROWS_WITH_AS(make_edit_folder(edit, scene.tree), (scene.tree.string() + ": isn't empty").c_str(),
                       Error);
  const auto cancelled = [](const Progress&) { return false; };
  CHECK_THROWS_AS(make_edit_folder(edit, scene.folder / "a/b", {.progress = cancelled}), Error);
  CHECK(!fs::exists(scene.folder / "a"));
}

TEST_CASE("a folder that `wheelfix edit` didn't make is refused") {
  const TempFolder folder;
  CHECK_THROWS_WITH_AS(commit_edit_folder(folder.path()),
                       (folder.path().string() + ": isn't a folder that `wheelfix edit` made").c_str(),
                       Error);
}

namespace {

/// A wheel as pip installs it.
void install(const WheelText& text, const TempFolder& site) {
  for (const auto& item : text.items()) {
    auto content = item.content;
    if (item.name.ends_with("RECORD")) content += text.dist_info() + "/INSTALLER,,\n../../bin/demo,,\n";
    set_mode(site.write(item.name, content), item.mode & 0777);
  }
  site.write(text.dist_info() + "/INSTALLER", "pip\n");
}

}  // namespace

TEST_CASE("what is installed is edited without what the installer made") {
  const TempFolder folder, site;
  install(demo, site);
  site.write("other-1.0.dist-info/RECORD", "other.py,,\n");
  site.write("other.py", "");
  const auto tree = folder / "tree";
  make_edit_folder(WheelEdit(open_installed({site.path()}, "Demo")), tree);
  CHECK(!fs::exists(tree / "other.py"));
  CHECK(!fs::exists(tree / "demo-1.0.dist-info/INSTALLER"));
  folder.write("tree/demo/__init__.py", "one\n");
  CHECK(commit_edit_folder(tree, {.recipe = folder / "fix"}).files.size() == 1);
  CHECK(slurp(site / "demo/__init__.py") == "one = 1\ntwo = 2\n");

  WheelEdit edit(Wheel::open(demo.write(folder)));
  apply_recipe(edit, load_recipe(folder / "fix"), {});
  CHECK(edit.read("demo/__init__.py") == "one\n");

  site.write("demo/__init__.py", "changed\n");
  CHECK_THROWS_AS(commit_edit_folder(tree, {.recipe = folder / "fix2"}), Error);
  CHECK_THROWS_AS(make_edit_folder(WheelEdit(open_installed({site.path()}, "demo")), folder / "again"),
                  Error);
  CHECK(!fs::exists(folder / "again"));
}
