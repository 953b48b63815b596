#include <doctest/doctest.h>

#include <wheelfix/error.hpp>
#include <wheelfix/patch.hpp>
#include <wheelfix/verify.hpp>

#include "support/wheel_builder.hpp"

using namespace wheelfix;
using test::TempFolder;
using test::WheelText;

namespace {

const std::string change_two =
    "--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -1,3 +1,3 @@\n one = 1\n-two = 2\n+two = 22\n three "
    "= 3\n";

const WheelText two_modules{
    .files = {{.name = "demo/__init__.py", .content = "one = 1\ntwo = 2\nthree = 3\n"},
              {.name = "demo/a.py", .content = "a\n"},
              {.name = "demo/b.py", .content = "b\n", .mode = 0100755}}};

struct Scene {
  TempFolder folder;
  WheelEdit edit;

  explicit Scene(const WheelText& text = two_modules) : edit(Wheel::open(text.write(folder))) {}

  std::vector<PatchedFile> apply(const std::string& text, const PatchOptions& options = {}) {
    return apply_patches(edit, {parse_diff(text, "fix.patch")}, options);
  }

  /// What the patch is refused with: the message without the wheel's folder, and the hint.
  std::string refusal(const std::string& text, ErrorCode code, const PatchOptions& options = {}) {
    const auto before = edit.paths();
    try {
      apply(text, options);
    } catch (const Error& error) {
      CHECK(error.code() == code);
      CHECK(edit.paths() == before);
      auto what = std::string(error.what()) + "; " + error.hint();
      for (auto at = what.find(folder.path().string() + "/"); at != std::string::npos;
           at = what.find(folder.path().string() + "/")) {
        what.erase(at, folder.path().string().size() + 1);
      }
      return what;
    }
    return "applied";
  }
};

}  // namespace

TEST_CASE("a patch changes the entry that it names, and says so") {
  Scene scene;
  const auto reports = scene.apply(change_two);
  CHECK(scene.edit.read("demo/__init__.py") == "one = 1\ntwo = 22\nthree = 3\n");
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].entry == "demo/__init__.py");
  CHECK(reports[0].patch == "fix.patch");
  CHECK(reports[0].patch_line == 1);
  CHECK(reports[0].hunks == std::vector<HunkReport>{{.patch_line = 3}});
}

TEST_CASE("-p says how much of the names is stripped, and an error which would have found the file") {
  Scene scene;
  CHECK(scene.refusal(change_two, ErrorCode::does_not_apply, {.strip = 0}) ==
        "fix.patch:1: a/demo/__init__.py is not in demo-1.0-py3-none-any.whl; with -p1 the file would be "
        "found");
  const std::string deep = "--- x/y/demo/a.py\n+++ x/y/demo/a.py\n@@ -1 +1 @@\n-a\n+A\n";
  CHECK(scene.refusal(deep, ErrorCode::does_not_apply) ==
        "fix.patch:1: y/demo/a.py is not in demo-1.0-py3-none-any.whl; with -p2 the file would be found");
  scene.apply(deep, {.strip = 2});
  CHECK(scene.edit.read("demo/a.py") == "A\n");
}

TEST_CASE("a name that leads nowhere is answered with those that look like it") {
  Scene scene;
  CHECK(
      scene.refusal("--- a/other/a.py\n+++ b/other/a.py\n@@ -1 +1 @@\n-a\n+A\n", ErrorCode::does_not_apply) ==
      "fix.patch:1: other/a.py is not in demo-1.0-py3-none-any.whl; the wheel has demo/a.py");
  CHECK(
      scene.refusal("--- a/none.py\n+++ b/none.py\n@@ -1 +1 @@\n-a\n+A\n", ErrorCode::does_not_apply) ==
      "fix.patch:1: none.py is not in demo-1.0-py3-none-any.whl; is the patch for this package and version?");
}

TEST_CASE("of two names the one that is in the wheel is taken") {
  Scene scene;
  scene.apply("--- a/demo/a.py.orig\n+++ a/demo/a.py\n@@ -1 +1 @@\n-a\n+A\n");
  CHECK(scene.edit.read("demo/a.py") == "A\n");
}

TEST_CASE("all patches of a run apply, or none does") {
  Scene scene;
  const auto good = parse_diff(change_two, "good.patch");
  const auto bad = parse_diff("--- a/demo/a.py\n+++ b/demo/a.py\n@@ -1 +1 @@\n-other\n+A\n", "bad.patch");
  CHECK_THROWS_AS(apply_patches(scene.edit, {good, bad}, {}), Error);
  CHECK(scene.edit.read("demo/__init__.py") == "one = 1\ntwo = 2\nthree = 3\n");
}

TEST_CASE("a patch sees what those before it did") {
  Scene scene;
  const auto second = parse_diff(
      "--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -2 +2 @@\n-two = 22\n+two = 222\n", "second.patch");
  apply_patches(scene.edit, {parse_diff(change_two, "first.patch"), second}, {});
  CHECK(scene.edit.read("demo/__init__.py") == "one = 1\ntwo = 222\nthree = 3\n");
}

TEST_CASE("files are created with the mode that the patch says, and removed") {
  Scene scene;
  scene.apply(
      "diff --git a/demo/run b/demo/run\nnew file mode 100755\n--- /dev/null\n+++ b/demo/run\n@@ -0,0 +1 "
      "@@\n+#!\n"
      "diff --git a/demo/a.py b/demo/a.py\ndeleted file mode 100644\n--- a/demo/a.py\n+++ /dev/null\n@@ -1 "
      "+0,0 @@\n-a\n");
  CHECK(scene.edit.read("demo/run") == "#!\n");
  CHECK(scene.edit.mode("demo/run") == 0755);
  CHECK_FALSE(scene.edit.contains("demo/a.py"));
}

TEST_CASE("a part that fills an empty file makes the file if it isn't there, as GNU patch and git do") {
  Scene scene;
  const auto reports = scene.apply("--- a/demo/new.py\n+++ b/demo/new.py\n@@ -0,0 +1 @@\n+new\n");
  CHECK(scene.edit.read("demo/new.py") == "new\n");
  CHECK(reports[0].kind == FileDiff::Kind::create);
}

TEST_CASE("renames keep the mode, copies too, and both may change the content") {
  Scene scene;
  const auto reports = scene.apply(
      "diff --git a/demo/b.py b/demo/c.py\nsimilarity index 50%\nrename from demo/b.py\nrename to "
      "demo/c.py\n--- a/demo/b.py\n+++ b/demo/c.py\n@@ -1 +1 @@\n-b\n+c\n"
      "diff --git a/demo/a.py b/demo/d.py\nsimilarity index 100%\ncopy from demo/a.py\ncopy to demo/d.py\n");
  CHECK_FALSE(scene.edit.contains("demo/b.py"));
  CHECK(scene.edit.read("demo/c.py") == "c\n");
  CHECK(scene.edit.mode("demo/c.py") == 0755);
  CHECK(scene.edit.read("demo/d.py") == "a\n");
  CHECK(scene.edit.contains("demo/a.py"));
  CHECK(reports[0].old_entry == "demo/b.py");
  CHECK(reports[0].entry == "demo/c.py");
}

TEST_CASE("two files can swap their names in one patch") {
  Scene scene;
  scene.apply(
      "diff --git a/demo/b.py b/demo/a.py\nsimilarity index 100%\nrename from demo/b.py\nrename to "
      "demo/a.py\n"
      "diff --git a/demo/a.py b/demo/b.py\nsimilarity index 100%\nrename from demo/a.py\nrename to "
      "demo/b.py\n");
  CHECK(scene.edit.read("demo/a.py") == "b\n");
  CHECK(scene.edit.read("demo/b.py") == "a\n");
  CHECK(scene.edit.mode("demo/a.py") == 0755);
  CHECK(scene.edit.mode("demo/b.py") == 0644);
}

TEST_CASE("a renamed file that lacks the patch's other changes is not taken for patched") {
  Scene scene;
  const std::string rename =
      "diff --git a/demo/b.py b/demo/c.py\nsimilarity index 50%\nrename from demo/b.py\nrename to "
      "demo/c.py\n";
  scene.apply(rename);
  const std::string with_hunk = rename + "--- a/demo/b.py\n+++ b/demo/c.py\n@@ -1 +1 @@\n-b\n+c\n";
  CHECK(scene.refusal(with_hunk, ErrorCode::does_not_apply, {.skip_applied = true}) ==
        "fix.patch:1: demo/c.py has its new name already, but not its new content; patch it under its new "
        "name");
}

TEST_CASE("the source of a rename must be there before the patch, not made by it") {
  Scene scene;
  CHECK(scene
            .refusal("diff --git a/demo/a.py b/demo/x.py\nsimilarity index 100%\nrename from "
                     "demo/a.py\nrename to demo/x.py\n"
                     "diff --git a/demo/x.py b/demo/y.py\nsimilarity index 100%\nrename from "
                     "demo/x.py\nrename to demo/y.py\n",
                     ErrorCode::does_not_apply)
            .starts_with("fix.patch:5: demo/x.py is not in demo-1.0-py3-none-any.whl"));
}

TEST_CASE("renames onto names that the run vacates are written with their rows in RECORD") {
  const std::string swap =
      "diff --git a/demo/b.py b/demo/a.py\nsimilarity index 100%\nrename from demo/b.py\nrename to "
      "demo/a.py\n"
      "diff --git a/demo/a.py b/demo/b.py\nsimilarity index 100%\nrename from demo/a.py\nrename to "
      "demo/b.py\n";
  const std::string replace =
      "diff --git a/demo/b.py b/demo/b.py\ndeleted file mode 100755\n--- a/demo/b.py\n+++ /dev/null\n@@ -1 "
      "+0,0 @@\n-b\n"
      "diff --git a/demo/a.py b/demo/b.py\nsimilarity index 100%\nrename from demo/a.py\nrename to "
      "demo/b.py\n";
  for (const auto& patch : {swap, replace}) {
    Scene scene;
    scene.apply(patch);
    scene.edit.set_local_label("x", LocalLabel::extend);
    CHECK(verify(write(scene.edit, {.dest_dir = scene.folder / "out"}).output).empty());
  }
}

TEST_CASE("a mode alone can change") {
  Scene scene;
  scene.apply("diff --git a/demo/a.py b/demo/a.py\nold mode 100644\nnew mode 100755\n");
  CHECK(scene.edit.mode("demo/a.py") == 0755);
  CHECK(scene.edit.read("demo/a.py") == "a\n");
}

TEST_CASE("what is already applied is refused as such, or skipped") {
  Scene scene;
  scene.apply(change_two);
  const std::string creates = "--- /dev/null\n+++ b/demo/new.py\n@@ -0,0 +1 @@\n+new\n";
  scene.apply(creates);
  CHECK(
      scene.refusal(creates, ErrorCode::already_applied) ==
      "fix.patch:1: demo/new.py is already in the wheel, as the patch makes it; skip it with --skip-applied");
  CHECK(scene.refusal(change_two, ErrorCode::already_applied).find("--skip-applied") != std::string::npos);
  const auto reports =
      scene.apply(change_two + creates + "--- a/demo/a.py\n+++ b/demo/a.py\n@@ -1 +1 @@\n-a\n+A\n",
                  {.skip_applied = true});
  CHECK(reports[0].skipped);
  CHECK(reports[1].skipped);
  CHECK_FALSE(reports[2].skipped);
  CHECK(scene.edit.read("demo/a.py") == "A\n");
  const std::string rename =
      "diff --git a/demo/b.py b/demo/c.py\nsimilarity index 100%\nrename from demo/b.py\nrename to "
      "demo/c.py\n";
  scene.apply(rename);
  CHECK(scene.refusal(rename, ErrorCode::already_applied) ==
        "fix.patch:1: demo/c.py has its new name already; skip it with --skip-applied");
  const std::string removed_already = "--- a/demo/none.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-A\n";
  CHECK(scene.apply(removed_already, {.skip_applied = true})[0].skipped);
  const std::string removal = "--- a/demo/a.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-A\n";
  scene.apply(removal);
  CHECK(scene.refusal(removal, ErrorCode::already_applied) ==
        "fix.patch:1: demo/a.py is not in demo-1.0-py3-none-any.whl, so there is nothing to remove; skip it "
        "with --skip-applied");
}

TEST_CASE("a file that is created must not be there with other content") {
  Scene scene;
  CHECK(scene.refusal("--- /dev/null\n+++ b/demo/a.py\n@@ -0,0 +1 @@\n+new\n", ErrorCode::does_not_apply) ==
        "fix.patch:1: creates demo/a.py, which is already in the wheel with other content; is the patch for "
        "this "
        "package and version?");
}

TEST_CASE("reversed patches undo what they did, the last one first") {
  Scene scene;
  const std::vector patches = {
      parse_diff(change_two, "1.patch"),
      parse_diff("--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -2 +2 @@\n-two = 22\n+two = 222\n",
                 "2.patch"),
      parse_diff("--- /dev/null\n+++ b/demo/new.py\n@@ -0,0 +1 @@\n+new\n", "3.patch")};
  apply_patches(scene.edit, patches, {});
  apply_patches(scene.edit, patches, {.reverse = true});
  CHECK(scene.edit.read("demo/__init__.py") == "one = 1\ntwo = 2\nthree = 3\n");
  CHECK_FALSE(scene.edit.contains("demo/new.py"));
}

TEST_CASE("dist-info is patched under the source's name, RECORD not at all") {
  Scene scene;
  scene.apply(
      "--- a/demo-1.0.dist-info/METADATA\n+++ b/demo-1.0.dist-info/METADATA\n@@ -3,3 +3,4 @@\n Version: "
      "1.0\n+Requires-Dist: six\n \n A body.\n");
  CHECK(scene.edit.read("demo-1.0.dist-info/METADATA").find("Requires-Dist: six") != std::string::npos);
  CHECK(
      scene.refusal("--- a/demo-1.0.dist-info/RECORD\n+++ b/demo-1.0.dist-info/RECORD\n@@ -1 +1 @@\n-a\n+b\n",
                    ErrorCode::bad_diff) ==
      "fix.patch:1: patches RECORD, which wheelfix writes itself; remove that part from the patch");
}

TEST_CASE("a patched wheel is written, and verify finds nothing in it") {
  Scene scene;
  scene.apply(change_two);
  scene.edit.set_local_label("fix.1", LocalLabel::extend);
  const auto result = write(scene.edit, {.dest_dir = scene.folder / "out"});
  CHECK(Wheel::open(result.output).read("demo/__init__.py") == "one = 1\ntwo = 22\nthree = 3\n");
}
