#include <doctest/doctest.h>

#include "diff/diff_testing.hpp"

using namespace wheelfix;
using namespace wheelfix::testing;

namespace {

const std::string one_hunk = "@@ -1 +1 @@\n-a\n+b\n";

std::string name_error(std::string_view old_name) {
  return parse_error("--- " + std::string(old_name) + "\n+++ b/x\n" + one_hunk);
}

std::string hunk_error(std::string_view hunk) {
  return parse_error(patch_of(hunk));
}

std::string name_refusal(std::string_view what) {
  return "bad_diff p.diff:1: the name " + std::string(what) +
         "\nhint: a patch may only name files below its own folder";
}

std::string count_refusal(std::string_view what) {
  return "bad_diff p.diff:3: the hunk's header counts " + std::string(what) +
         " lines follow\nhint: the patch file is cut short or was edited by hand";
}

const std::string unified_hint = "\nhint: only unified diffs are read: make it with `diff -u` or `git diff`";

}  // namespace

TEST_CASE("a text without a diff is refused") {
  CHECK(parse_error("") == "bad_diff p.diff: contains no diff\nhint: only unified diffs are read");
  CHECK(parse_error("Hello\n--- world\n") ==
        "bad_diff p.diff: contains no diff\nhint: only unified diffs are read");
}

TEST_CASE("a git header with one name is refused") {
  constexpr auto mode = "\nold mode 100644\nnew mode 100755\n";
  for (const std::string names : {"/dev/null ", " /dev/null", "/dev/null \"\"", "\"\" x"}) {
    CAPTURE(names);
    CHECK(parse_error("diff --git " + names + mode) ==
          "bad_diff p.diff:1: the names on the 'diff --git' line can't be told apart\n"
          "hint: its two names must be the same after their first folder");
  }
}

TEST_CASE("names that lead out are refused") {
  CHECK(name_error("/etc/passwd") == name_refusal("'/etc/passwd' is absolute"));
  CHECK(name_error("a/../../x") == name_refusal("'a/../../x' climbs out with '..'"));
  CHECK(name_error("..") == name_refusal("'..' climbs out with '..'"));
  CHECK(name_error("a\\x") == name_refusal("'a\\\\x' has a backslash"));
  CHECK(name_error(R"("a\\..\\x")") == name_refusal("'a\\\\..\\\\x' has a backslash"));
  CHECK(name_error("C:/x") == name_refusal("'C:/x' has a drive letter"));
  CHECK(name_error("a/c:x") == name_refusal("'a/c:x' has a drive letter"));
  CHECK(name_error("a/") == name_refusal("'a/' is a folder"));
  CHECK(name_error(R"("a/x\000.py")") == name_refusal("'a/x\\x00.py' has a NUL byte"));
  CHECK(parse_error("--- a/x\n+++ b/../../x\n" + one_hunk) ==
        "bad_diff p.diff:2: the name 'b/../../x' climbs out with '..'\nhint: a patch may only name files "
        "below its own folder");
  CHECK(parse_error("diff --git a/../x b/../x\nold mode 100644\nnew mode 100755\n") ==
        name_refusal("'a/../x' climbs out with '..'"));
  CHECK(parse_error("diff --git a/x b/y\nrename from x\nrename to ../y\n") ==
        "bad_diff p.diff:3: the name '../y' climbs out with '..'\nhint: a patch may only name files below "
        "its own folder");
}

TEST_CASE("names with dots that do not climb are fine") {
  CHECK(parse_error("--- a/..x\n+++ b/x..\n" + one_hunk) == "no error");
  CHECK(parse_error("--- ./x\n+++ ./x\n" + one_hunk) == "no error");
}

TEST_CASE("damaged names are refused") {
  for (const auto* name : {"\"a/x", "\"a/x\\q\"", "\"a/x\\400\"", "\"a/x\\18\"", "\"\"", "\"a/x\\"}) {
    CAPTURE(name);
    CHECK(name_error(name) == "bad_diff p.diff:1: the name on the '---' line is damaged");
  }
  CHECK(name_error("") == "bad_diff p.diff:1: the name on the '---' line is damaged");
  CHECK(parse_error("--- /dev/null\n+++ /dev/null\n" + one_hunk) ==
        "bad_diff p.diff:1: both names are /dev/null");
}

TEST_CASE("damaged hunk headers are refused") {
  for (const auto* header : {"@@ -1 +1", "@@ -1 1 @@", "@@ -a +1 @@", "@@ -1,b +1 @@", "@@ -1, +1 @@",
                             "@@ -0 +1 @@", "@@ -0,2 +1 @@", "@@ -1 +99999999999999999999 @@",
                             "@@ -281474976710657 +1 @@", "@@ --1 +1 @@", "@@ -1  +1 @@", "@@ foo"}) {
    CAPTURE(header);
    CHECK(hunk_error(std::string(header) + "\n-a\n+b\n") ==
          "bad_diff p.diff:3: the hunk header is damaged\nhint: it must read `@@ -START,COUNT +START,COUNT "
          "@@`");
  }
}

TEST_CASE("counts at odds with the lines are refused") {
  CHECK(hunk_error("@@ -1,2 +1 @@\n-a\n+b\n") == count_refusal("2 old lines and 1 new line, but fewer"));
  CHECK(hunk_error("@@ -1,2 +1,2 @@\n a\n-b\n") == count_refusal("2 old lines and 2 new lines, but fewer"));
  CHECK(hunk_error("@@ -1,2 +1,2 @@\n a\n-b\ndiff --git a/x b/x\n") ==
        count_refusal("2 old lines and 2 new lines, but fewer"));
  CHECK(hunk_error("@@ -1,2 +1,2 @@\n a\n-b\n@@ -5 +5 @@\n") ==
        count_refusal("2 old lines and 2 new lines, but fewer"));
  CHECK(hunk_error("@@ -1 +1,2 @@\n-a\n-b\n+c\n") == count_refusal("1 old line and 2 new lines, but other"));
  CHECK(hunk_error("@@ -1 +1 @@\n-a\n+b\n c\n") == count_refusal("1 old line and 1 new line, but more"));
  CHECK(hunk_error("@@ -1 +1 @@\n-a\n+b\n+c\n") == count_refusal("1 old line and 1 new line, but more"));
  CHECK(hunk_error("@@ -1 +1 @@\n-a\n+b\n-c\n") == count_refusal("1 old line and 1 new line, but more"));
  CHECK(hunk_error("@@ -1 +1 @@\n-a\n+b\n--- c\n") == count_refusal("1 old line and 1 new line, but more"));
  CHECK(hunk_error("@@ -1 +1 @@\n-a\n+b\n-- \n-c\n") == count_refusal("1 old line and 1 new line, but more"));
}

TEST_CASE("huge counts take no memory") {
  CHECK(hunk_error("@@ -1,281474976710656 +1,281474976710656 @@\n a\n") ==
        count_refusal("281474976710656 old lines and 281474976710656 new lines, but fewer"));
}

TEST_CASE("a hunk that changes nothing is refused") {
  CHECK(hunk_error("@@ -1 +1 @@\n a\n") == "bad_diff p.diff:3: the hunk changes nothing");
  CHECK(hunk_error("@@ -0,0 +0,0 @@\n") == "bad_diff p.diff:3: the hunk changes nothing");
}

TEST_CASE("a patch that ends within a line is refused") {
  CHECK(hunk_error("@@ -1 +1 @@\n-a\n+b") ==
        "bad_diff p.diff:5: the patch file ends within a line\nhint: end its last line with a newline if "
        "nothing is missing");
}

TEST_CASE("a misplaced mark of a missing newline is refused") {
  const std::string mark = "\\ No newline at end of file\n";
  CHECK(hunk_error("@@ -1 +1 @@\n" + mark + "-a\n+b\n") ==
        "bad_diff p.diff:4: '\\ No newline' follows no line");
  CHECK(hunk_error("@@ -1 +1 @@\n-a\n" + mark + mark + "+b\n") ==
        "bad_diff p.diff:6: '\\ No newline' follows no line");
  CHECK(hunk_error("@@ -1,2 +1 @@\n-a\n" + mark + "-b\n+b\n") ==
        "bad_diff p.diff:6: a line follows the one that has no newline at its end");
  CHECK(hunk_error("@@ -1 +1,2 @@\n-a\n+b\n" + mark + "+c\n") ==
        "bad_diff p.diff:7: a line follows the one that has no newline at its end");
}

TEST_CASE("a hunk without a header is not skipped") {
  const std::string refusal =
      "a hunk without a file header\nhint: a `---` and a `+++` line must name the file before it";
  CHECK(parse_error(one_hunk) == "bad_diff p.diff:1: " + refusal);
  CHECK(parse_error(patch_of(one_hunk) + "\n@@ -5 +5 @@\n-a\n+b\n") == "bad_diff p.diff:7: " + refusal);
  CHECK(parse_error(patch_of(one_hunk) + "\n@@ in words\n") == "no error");
}

TEST_CASE("a created or removed file with lines of the other side is refused") {
  CHECK(parse_error("--- /dev/null\n+++ b/x\n" + one_hunk) ==
        "bad_diff p.diff:3: the file is created, but the hunk has old lines");
  CHECK(parse_error("--- a/x\n+++ /dev/null\n" + one_hunk) ==
        "bad_diff p.diff:3: the file is removed, but the hunk has new lines");
  CHECK(parse_error("--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n@@ -0,0 +2 @@\n+b\n") ==
        "bad_diff p.diff:5: a file that is created or removed must have only one hunk");
}

TEST_CASE("other kinds of diff are refused by their names") {
  CHECK(parse_error("*** a/x\n--- b/x\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n") ==
        "bad_diff p.diff:1: this is a context diff" + unified_hint);
  CHECK(parse_error("diff a/x b/x\n3c3\n< a\n---\n> b\n") ==
        "bad_diff p.diff:2: this is a diff without context or names" + unified_hint);
  CHECK(parse_error("diff --cc x\n@@@ -1,1 -1,1 +1,2 @@@\n") ==
        "bad_diff p.diff:1: this is the combined diff of a merge\nhint: make it against one parent");
  CHECK(parse_error("3c\nb\n.\n") == "bad_diff p.diff:1: an ed script is never run" + unified_hint);
}

TEST_CASE("binary files without their content are refused") {
  const std::string refusal =
      "'Binary files a/x.so and b/x.so differ', and the patch doesn't say how\nhint: make it with `git diff "
      "--binary`";
  CHECK(parse_error("Binary files a/x.so and b/x.so differ\n") == "bad_diff p.diff:1: " + refusal);
  CHECK(parse_error("diff --git a/x.so b/x.so\nindex 1234567..89abcde 100644\nBinary files a/x.so and b/x.so "
                    "differ\n") == "bad_diff p.diff:3: " + refusal);
}

TEST_CASE("a patch with over a million lines in its hunks is refused") {
  std::string patch = "--- a/m.py\n+++ b/m.py\n@@ -0,0 +1,1000001 @@\n";
  for (int i = 0; i <= 1'000'000; ++i) patch += "+\n";
  CHECK_THROWS_WITH_AS(parse_diff(patch, "p.diff"), "p.diff: has more than 1000000 lines in its hunks",
                       wheelfix::Error);
}
