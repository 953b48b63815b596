#include <doctest/doctest.h>

#include "diff/diff_testing.hpp"

using namespace wheelfix;
using namespace wheelfix::testing;

namespace {

const std::string replace_five = patch_of("@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");

}  // namespace

TEST_CASE("a hunk goes where it says") {
  const auto applied = apply_to(numbers(1, 9), replace_five);
  CHECK(applied.content == "1\n2\n3\n4\nfive\n6\n7\n8\n9\n");
  CHECK(applied.hunks == std::vector<HunkReport>{{3, 0, 0}});
  CHECK_FALSE(applied.crlf_kept);
}

TEST_CASE("several hunks are applied in one pass") {
  const auto patch = patch_of("@@ -1,2 +1,3 @@\n+0\n 1\n 2\n@@ -8,3 +9,2 @@\n 8\n-9\n 10\n");
  CHECK(apply_to(numbers(1, 10), patch).content == "0\n" + numbers(1, 8) + "10\n");
}

TEST_CASE("a patch without hunks leaves the content as it is") {
  CHECK(apply_to("a\n", "diff --git a/m.py b/m.py\nold mode 100644\nnew mode 100755\n").content == "a\n");
  CHECK(
      apply_to("a\r\n", "diff --git a/m.py b/n.py\nsimilarity index 100%\nrename from m.py\nrename to n.py\n")
          .content == "a\r\n");
}

TEST_CASE("a newline that is missing at the end is exact on both sides") {
  const std::string mark = "\\ No newline at end of file\n";
  SUBCASE("the file keeps lacking it") {
    const auto patch = patch_of("@@ -1,2 +1,2 @@\n-a\n+c\n b\n" + mark);
    CHECK(apply_to("a\nb", patch).content == "c\nb");
    CHECK(
        apply_error("a\nb\n", patch).starts_with("does_not_apply p.diff:3: hunk 1 does not apply to m.py\n"));
  }
  SUBCASE("it is added") {
    const auto patch = patch_of("@@ -1,2 +1,2 @@\n a\n-b\n" + mark + "+b\n");
    CHECK(apply_to("a\nb", patch).content == "a\nb\n");
    CHECK(apply_error("a\nb\n", patch) ==
          "already_applied p.diff:1: m.py is already as the patch makes it\nhint: --skip-applied skips what "
          "is already applied");
  }
  SUBCASE("it is taken away") {
    const auto patch = patch_of("@@ -1,2 +1,2 @@\n a\n-b\n+b\n" + mark);
    CHECK(apply_to("a\nb\n", patch).content == "a\nb");
  }
}

TEST_CASE("a line that loses its newline may only be the file's last") {
  const auto patch = patch_of("@@ -1 +1 @@\n-b\n+c\n\\ No newline at end of file\n");
  CHECK(apply_to("a\nb\n", patch).content == "a\nc");
  CHECK(apply_to("b\nb\n", patch).content == "b\nc");
  CHECK(apply_error("b\na\n", patch) ==
        "does_not_apply p.diff:3: hunk 1 does not apply to m.py\n"
        "its lines are at line 1, but it is for the file's end\n"
        "hint: the patch is for another version of the file");
}

TEST_CASE("nothing is added after a last line that has no newline") {
  const auto insertion = patch_of("@@ -2,0 +3 @@\n+c\n");
  CHECK(apply_to("a\nb\n", insertion).content == "a\nb\nc\n");
  CHECK(apply_error("a\nb", insertion) ==
        "does_not_apply p.diff:3: hunk 1 does not apply to m.py\n"
        "it adds lines after the file's last line, which has no newline at its end\n"
        "hint: the patch is for another version of the file");
}

TEST_CASE("an empty line of a hunk stands for empty context") {
  CHECK(apply_to("a\n\nb\n", patch_of("@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n")).content == "a\n\nc\n");
}

TEST_CASE("a file that the diff creates must not be there") {
  const std::string patch = "--- /dev/null\n+++ b/m.py\n@@ -0,0 +1,2 @@\n+a\n+b\n";
  CHECK(apply_to("", patch).content == "a\nb\n");
  CHECK(apply_error("a\nb\n", patch).starts_with("already_applied p.diff:1: "));
  CHECK(apply_error("a\nc\n", patch) ==
        "does_not_apply p.diff:1: m.py already exists, with other content than the patch creates\n"
        "hint: the patch is for another version of the file");
}

TEST_CASE("an empty file is created and removed without a hunk") {
  CHECK(apply_to("", "diff --git a/m.py b/m.py\nnew file mode 100644\nindex 0000000..e69de29\n")
            .content.empty());
  const std::string removal = "diff --git a/m.py b/m.py\ndeleted file mode 100644\nindex e69de29..0000000\n";
  CHECK(apply_to("", removal).content.empty());
  CHECK(apply_error("a\n", removal) ==
        "does_not_apply p.diff:1: the patch removes m.py, but its content differs: 1 line would be left\n"
        "hint: the patch is for another version of the file");
}

TEST_CASE("a file that the diff removes must have the content that it removes") {
  const std::string patch = "--- a/m.py\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n";
  CHECK(apply_to("a\nb\n", patch).content.empty());
  CHECK(apply_error("a\nb\nc\nd\n", patch) ==
        "does_not_apply p.diff:1: the patch removes m.py, but its content differs: 2 lines would be left\n"
        "hint: the patch is for another version of the file");
  CHECK(apply_error("a\nc\n", patch).starts_with("does_not_apply p.diff:3: hunk 1 does not apply to m.py\n"));
  CHECK(apply_error("", patch).starts_with("already_applied p.diff:1: "));
}

TEST_CASE("a hunk of a tool that names both sides may create the file") {
  CHECK(may_create(only_file(patch_of("@@ -0,0 +1 @@\n+a\n"))));
  CHECK(may_create(only_file("--- /dev/null\n+++ b/m.py\n@@ -0,0 +1 @@\n+a\n")));
  CHECK_FALSE(may_create(only_file(patch_of("@@ -1 +1 @@\n-a\n+b\n"))));
  CHECK_FALSE(may_create(only_file("--- a/m.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n")));
}

TEST_CASE("a file that has the whole result is applied already") {
  CHECK(apply_error("1\n2\n3\n4\nfive\n6\n7\n8\n9\n", replace_five) ==
        "already_applied p.diff:1: m.py is already as the patch makes it\nhint: --skip-applied skips what is "
        "already applied");
  CHECK(apply_error("", patch_of("@@ -1 +0,0 @@\n-a\n")).starts_with("already_applied"));
}

TEST_CASE("a file that has the result is left alone before fuzz gives up context") {
  const auto patch = patch_of("@@ -1,2 +1,3 @@\n a\n+b\n c\n");
  CHECK(apply_error("a\nb\nc\n", patch, {.fuzz = 1}).starts_with("already_applied"));
  CHECK(apply_to("a\nx\n", patch, {.fuzz = 1}).content == "a\nb\nx\n");
}

TEST_CASE("a hunk that only removes, without context, is no proof that it was applied") {
  CHECK(apply_error("1\n3\n", patch_of("@@ -2 +1,0 @@\n-2\n")).starts_with("does_not_apply"));
}

TEST_CASE("a NUL byte and bytes that are no UTF-8 pass through") {
  using namespace std::string_literals;
  const auto patch = patch_of("@@ -1,2 +1,2 @@\n \xFF\xFE\n-a\0b\n+c\0d\n"s);
  CHECK(apply_to("\xFF\xFE\na\0b\n"s, patch).content == "\xFF\xFE\nc\0d\n"s);
}
