#include <doctest/doctest.h>

#include "diff/diff_testing.hpp"

using namespace wheelfix;
using namespace wheelfix::testing;
using Kind = FileDiff::Kind;

namespace {

const std::string one_hunk = "@@ -1 +1 @@\n-a\n+b\n";

}  // namespace

TEST_CASE("a git diff has its names, mode and hunks") {
  const auto file =
      only_file("diff --git a/x b/x\nindex 7898192..6178079 100644\n--- a/x\n+++ b/x\n" + one_hunk);
  CHECK(file.kind == Kind::modify);
  CHECK(file.old_name == "a/x");
  CHECK(file.new_name == "b/x");
  CHECK(file.old_mode == 0100644U);
  CHECK_FALSE(file.new_mode);
  CHECK(file.hunks.size() == 1);
}

TEST_CASE("a new file has its mode and no old name") {
  const auto file = only_file(
      "diff --git a/x b/x\nnew file mode 100755\nindex 0000000..7898192\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 "
      "@@\n+a\n");
  CHECK(file.kind == Kind::create);
  CHECK(file.old_name.empty());
  CHECK(file.new_name == "b/x");
  CHECK(file.new_mode == 0100755U);
}

TEST_CASE("an empty new file is known by its git line alone") {
  const auto file = only_file("diff --git a/x y.py b/x y.py\nnew file mode 100644\nindex 0000000..e69de29\n");
  CHECK(file.kind == Kind::create);
  CHECK(file.new_name == "b/x y.py");
}

TEST_CASE("a deleted file has no new name") {
  const auto file = only_file(
      "diff --git a/x b/x\ndeleted file mode 100644\nindex 7898192..0000000\n--- a/x\n+++ /dev/null\n@@ -1 "
      "+0,0 @@\n-a\n");
  CHECK(file.kind == Kind::remove);
  CHECK(file.old_name == "a/x");
  CHECK(file.new_name.empty());
  CHECK(file.old_mode == 0100644U);
}

TEST_CASE("a mode may change alone") {
  const auto file = only_file("diff --git a/x b/x\nold mode 100644\nnew mode 100755\n");
  CHECK(file.kind == Kind::modify);
  CHECK(file.old_mode == 0100644U);
  CHECK(file.new_mode == 0100755U);
}

TEST_CASE("a rename takes the prefixes from the git line if it has them") {
  const auto file = only_file(
      "diff --git a/o ld.py b/n ew.py\nsimilarity index 100%\nrename from o ld.py\nrename to n ew.py\n");
  CHECK(file.kind == Kind::rename);
  CHECK(file.old_name == "a/o ld.py");
  CHECK(file.new_name == "b/n ew.py");
  CHECK_FALSE(file.names_lack_prefix);
}

TEST_CASE("a rename whose git line cannot be told apart has the names of its lines") {
  const auto file = only_file("diff --git foo bar\nrename from x/old.py\nrename to x/new.py\n");
  CHECK(file.old_name == "x/old.py");
  CHECK(file.new_name == "x/new.py");
  CHECK(file.names_lack_prefix);
}

TEST_CASE("a copy with changes has both") {
  const auto file = only_file(
      "diff --git a/x b/y\nsimilarity index 90%\ncopy from x\ncopy to y\nindex 7898192..6178079 100644\n--- "
      "a/x\n+++ b/y\n" +
      one_hunk);
  CHECK(file.kind == Kind::copy);
  CHECK(file.old_name == "a/x");
  CHECK(file.new_name == "b/y");
  CHECK(file.hunks.size() == 1);
}

TEST_CASE("quoted names are read on any line of a git diff") {
  const auto file = only_file(
      "diff --git \"a/\\303\\244\" \"b/\\303\\266\"\nsimilarity index 100%\nrename from "
      "\"\\303\\244\"\nrename to \"\\303\\266\"\n");
  CHECK(file.old_name == "a/\xC3\xA4");
  CHECK(file.new_name == "b/\xC3\xB6");
  CHECK_FALSE(file.names_lack_prefix);
  const auto half = only_file("diff --git a/x \"b/\\303\\266\"\nrename from x\nrename to \"\\303\\266\"\n");
  CHECK(half.new_name == "b/\xC3\xB6");
}

TEST_CASE("a git diff without prefixes keeps its names") {
  const auto file = only_file("diff --git x/y.py x/y.py\nold mode 100644\nnew mode 100755\n");
  CHECK(file.old_name == "x/y.py");
  CHECK(file.new_name == "x/y.py");
}

TEST_CASE("a git diff that tools wrote with revisions after the names is read") {
  const auto file = only_file(
      "Index: x\n===\ndiff --git a/x b/x\nnew file mode 100644\n--- a/x\t(nonexistent)\n+++ b/x\t(working "
      "copy)\n@@ -0,0 +1 @@\n+a\n");
  CHECK(file.kind == Kind::create);
  CHECK(file.old_name.empty());
}

TEST_CASE("several git parts and plain parts follow each other") {
  const auto diff = parse_diff(
      "diff --git a/x b/x\nold mode 100644\nnew mode 100755\ndiff --git a/y b/y\n--- a/y\n+++ b/y\n" +
          one_hunk + patch_of(one_hunk) +
          "diff --git a/z b/z\ndeleted file mode 100644\nindex e69de29..0000000\n",
      "p.diff");
  REQUIRE(diff.files.size() == 4);
  CHECK(diff.files[1].old_name == "a/y");
  CHECK(diff.files[2].old_name == "a/m.py");
  CHECK(diff.files[3].kind == Kind::remove);
}

TEST_CASE("a git part that is damaged is refused") {
  const auto git = [](std::string_view rest) {
    return parse_error("diff --git a/x b/x\n" + std::string(rest));
  };
  CHECK(git("") == "bad_diff p.diff:1: no change follows the 'diff --git' line");
  CHECK(git("index 7898192..6178079 100644\n") ==
        "bad_diff p.diff:1: the index line says that the content changes, but no hunk follows\nhint: the "
        "patch file is cut short");
  CHECK(git("index 7898192\n") == "bad_diff p.diff:2: the index line is damaged");
  CHECK(git("new file mode 100644\nindex 0000000..7898192\n") ==
        "bad_diff p.diff:1: the index line says that the content changes, but no hunk follows\nhint: the "
        "patch file is cut short");
  CHECK(git("new file mode 100644\ndeleted file mode 100644\n") ==
        "bad_diff p.diff:3: the file is created, removed, renamed or copied, but only one of these");
  CHECK(git("rename from x\n") == "bad_diff p.diff:1: a 'from' and a 'to' line must both be there");
  CHECK(git("rename from x\nrename to y\n--- a/x\n+++ b/z\n@@ -1 +1 @@\n-a\n+b\n") ==
        "bad_diff p.diff:1: the 'from' and 'to' lines name other files than the '---' and '+++' lines");
  CHECK(git("new mode 100644\n") == "bad_diff p.diff:1: a 'new mode' line has no 'old mode' line");
  CHECK(git("old mode 1006x4\n") == "bad_diff p.diff:2: the mode is damaged");
  CHECK(git("new file mode 040000\n") == "bad_diff p.diff:2: the mode 40000 is not that of a plain file");
  CHECK(git("new file mode 104755\n") == "bad_diff p.diff:2: the mode 104755 is not that of a plain file");
  CHECK(git("--- a/y\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n") ==
        "bad_diff p.diff:2: the 'diff --git' line names 'a/x', but the '---' line 'a/y'");
  CHECK(git("--- a/x\n@@ -1 +1 @@\n-a\n+b\n") ==
        "bad_diff p.diff:3: a '+++' line must follow the '---' line");
  CHECK(git("--- a/x\n+++ b/x\n") ==
        "bad_diff p.diff:4: no hunk follows the file header\nhint: a hunk begins with `@@ -START,COUNT "
        "+START,COUNT @@`");
  CHECK(git("deleted file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n") ==
        "bad_diff p.diff:3: a name is /dev/null on the side where the file is");
  CHECK(git("new file mode 100644\n--- /dev/null\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n") ==
        "bad_diff p.diff:5: the file is created, but the hunk has old lines");
  CHECK(parse_error("diff --git foo bar\nold mode 100644\nnew mode 100755\n") ==
        "bad_diff p.diff:1: the names on the 'diff --git' line can't be told apart\n"
        "hint: its two names must be the same after their first folder");
  // git refuses these too: "lacks filename information"
  for (const char* text :
       {"diff --git /dev/null b/x\nnew file mode 100644\n", "diff --git /dev/null /dev/null\n",
        "diff --git a/x /dev/null\ndeleted file mode 100644\n"}) {
    CHECK(parse_error(text) ==
          "bad_diff p.diff:1: a name on the 'diff --git' line is /dev/null, and no '---' line follows\n"
          "hint: git writes the file's name on both sides, and 'new file mode' or 'deleted file mode' below "
          "it");
  }
}
