// Where a hunk is found: the rules of GNU patch.
#include <doctest/doctest.h>

#include "diff/diff_testing.hpp"

using namespace wheelfix;
using namespace wheelfix::testing;

namespace {

const std::string middle = patch_of("@@ -10,3 +10,3 @@\n x\n-y\n+z\n x\n");

std::string lines_before(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "filler\n";
  return text;
}

}  // namespace

TEST_CASE("a hunk is found at another line and the offset reported") {
  const std::string block = "x\ny\nx\n";
  CHECK(apply_to(lines_before(12) + block, middle).hunks == std::vector<HunkReport>{{3, 3, 0}});
  CHECK(apply_to(lines_before(2) + block, middle).hunks == std::vector<HunkReport>{{3, -7, 0}});
  CHECK(apply_to(lines_before(2) + block, middle).content == lines_before(2) + "x\nz\nx\n");
}

TEST_CASE("of two places the nearer is taken, and the later of two as near") {
  const std::string block = "x\ny\nx\n";
  const auto at = [&](int first, int second) {
    return apply_to(lines_before(first) + block + lines_before(second - first - 3) + block, middle)
        .hunks[0]
        .offset;
  };
  CHECK(at(5, 12) == 3);
  CHECK(at(7, 14) == -2);
  CHECK(at(6, 12) == 3);
  CHECK(at(9, 12) == 0);
}

TEST_CASE("a match that begins within another one is found") {
  const auto patch = patch_of("@@ -9,5 +9,5 @@\n a\n a\n-b\n+c\n a\n a\n");
  CHECK(apply_to("a\na\na\na\nb\na\na\n", patch).content == "a\na\na\na\nc\na\na\n");
}

TEST_CASE("the offset of a hunk moves the next one's first guess") {
  const auto patch = patch_of("@@ -2,3 +2,3 @@\n a\n-b\n+B\n c\n@@ -10,3 +10,3 @@\n x\n-y\n+Y\n x\n");
  const auto content = "0\n" + lines_before(4) + "a\nb\nc\n" + lines_before(5) + "x\ny\nx\n" + "x\ny\nx\n";
  const auto applied = apply_to(content, patch);
  CHECK(applied.hunks == std::vector<HunkReport>{{3, 4, 0}, {8, 4, 0}});
}

TEST_CASE("a hunk is never put before the one ahead of it") {
  const auto patch = patch_of("@@ -5,3 +5,3 @@\n a\n-b\n+B\n c\n@@ -10,3 +10,3 @@\n x\n-y\n+Y\n x\n");
  CHECK(apply_error("x\ny\nx\n" + numbers(1, 3) + "a\nb\nc\n", patch) ==
        "does_not_apply p.diff:8: hunk 2 does not apply to m.py\n"
        "its lines are at line 1 (the hunk says line 10), which the hunk before it has passed\n"
        "hint: the patch is for another version of the file");
}

TEST_CASE("hunks may share context lines once lines between them are gone") {
  const auto patch = patch_of("@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n@@ -7,3 +7,3 @@\n c\n-d\n+D\n e\n");
  CHECK(apply_to("a\nb\nc\nd\ne\n", patch).content == "a\nB\nc\nD\ne\n");
}

TEST_CASE("less context before than after in a hunk at line 1 means the file's start") {
  const auto patch = patch_of("@@ -1,3 +1,4 @@\n+new\n a\n b\n c\n");
  CHECK(apply_to("a\nb\nc\nd\n", patch).content == "new\na\nb\nc\nd\n");
  CHECK(apply_error("0\na\nb\nc\nd\n", patch) ==
        "does_not_apply p.diff:3: hunk 1 does not apply to m.py\n"
        "its lines are at line 2 (the hunk says line 1), but it is for the file's start\n"
        "hint: --fuzz 3 would apply it");
  CHECK(apply_to("0\na\nb\nc\nd\n", patch_of("@@ -2,3 +2,4 @@\n+new\n a\n b\n c\n")).content ==
        "0\nnew\na\nb\nc\nd\n");
}

TEST_CASE("less context after than before means the file's end") {
  const auto patch = patch_of("@@ -1,3 +1,4 @@\n a\n b\n c\n+new\n");
  CHECK(apply_to("a\nb\nc\n", patch).content == "a\nb\nc\nnew\n");
  CHECK(apply_to("0\na\nb\nc\n", patch).content == "0\na\nb\nc\nnew\n");
  CHECK(apply_error("a\nb\nc\nd\n", patch)
            .starts_with("does_not_apply p.diff:3: hunk 1 does not apply to m.py\nits lines are at line 1, "
                         "but it is for the file's end\n"));
}

TEST_CASE("fuzz leaves out context lines at the ends, the longer context first") {
  const auto patch = patch_of("@@ -1,7 +1,7 @@\n 1\n 2\n 3\n-4\n+four\n 5\n 6\n 7\n");
  CHECK(apply_error("x\n2\n3\n4\n5\n6\n7\n", patch).ends_with("hint: --fuzz 1 would apply it"));
  CHECK(apply_to("x\n2\n3\n4\n5\n6\ny\n", patch, {.fuzz = 1}).content == "x\n2\n3\nfour\n5\n6\ny\n");
  CHECK(apply_to("x\n2\n3\n4\n5\n6\ny\n", patch, {.fuzz = 3}).hunks == std::vector<HunkReport>{{3, 0, 1}});
  CHECK(apply_error("x\ny\n3\n4\n5\n6\n7\n", patch, {.fuzz = 1}).ends_with("hint: --fuzz 2 would apply it"));
  CHECK(apply_to("x\ny\n3\n4\n5\n6\n7\n", patch, {.fuzz = 2}).content == "x\ny\n3\nfour\n5\n6\n7\n");
}

TEST_CASE("fuzz is tried only once no place fits without") {
  const auto patch = patch_of("@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n");
  const auto applied = apply_to("x\nb\nc\na\nb\nc\n", patch, {.fuzz = 1});
  CHECK(applied.hunks == std::vector<HunkReport>{{3, 3, 0}});
}

TEST_CASE("lines that fuzz leaves out may lie after the file's end") {
  const auto patch = patch_of("@@ -1,5 +1,5 @@\n 1\n 2\n-3\n+three\n 4\n 5\n");
  CHECK(apply_to("1\n2\n3\n4\n", patch, {.fuzz = 1}).content == "1\n2\nthree\n4\n");
}

TEST_CASE("fuzz never gives up lines that the hunk removes") {
  CHECK(apply_error("a\nx\nc\n", patch_of("@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"), {.fuzz = 9})
            .starts_with("does_not_apply"));
}

TEST_CASE("hunks without context go where they say") {
  CHECK(apply_to("1\n2\n", patch_of("@@ -0,0 +1 @@\n+0\n")).content == "0\n1\n2\n");
  CHECK(apply_to("1\n2\n", patch_of("@@ -1,0 +2 @@\n+x\n")).content == "1\nx\n2\n");
  CHECK(apply_to("1\n2\n", patch_of("@@ -2,0 +3 @@\n+3\n")).content == "1\n2\n3\n");
  CHECK(apply_to("1\n2\n3\n", patch_of("@@ -2 +1,0 @@\n-2\n")).content == "1\n3\n");
  CHECK(apply_to("1\n2\n3\n", patch_of("@@ -1 +0,0 @@\n-1\n@@ -3,0 +3 @@\n+4\n")).content == "2\n3\n4\n");
}

TEST_CASE("hunks without context follow the offset of the one before") {
  CHECK(apply_to("0\n1\n2\n3\n", patch_of("@@ -1 +1 @@\n-1\n+one\n@@ -2,0 +3 @@\n+x\n")).content ==
        "0\none\n2\nx\n3\n");
}

TEST_CASE("a hunk without old lines does not go after the file's end") {
  CHECK(apply_error("1\n2\n", patch_of("@@ -9,0 +10 @@\n+x\n")) ==
        "does_not_apply p.diff:3: hunk 1 does not apply to m.py\n"
        "it adds lines after line 9, and the file has 2\n"
        "hint: the patch is for another version of the file");
}

TEST_CASE("hunks out of order are refused where they meet") {
  CHECK(apply_error("1\n2\n3\n", patch_of("@@ -3 +3 @@\n-3\n+three\n@@ -1,0 +2 @@\n+x\n")) ==
        "does_not_apply p.diff:6: hunk 2 does not apply to m.py\n"
        "it adds lines where the hunk before it has passed\n"
        "hint: the patch is for another version of the file");
}

TEST_CASE("a pattern that nearly repeats everywhere takes linear time") {
  std::string content;
  std::string hunk;
  for (int i = 0; i < 200'000; ++i) content += "x\n";
  for (int i = 0; i < 50'000; ++i) hunk += " x\n";
  const auto patch = patch_of("@@ -1,50001 +1,50000 @@\n" + hunk + "-y\n");
  CHECK(apply_to(content + "y\n", patch).content == content);
  CHECK(apply_error("w\n" + content, patch).starts_with("does_not_apply"));
}

TEST_CASE("hunks that are all far from where they say are not looked for without end") {
  std::string content, patch = "--- a/m.py\n+++ b/m.py\n";
  for (int i = 1; i <= 1'000; ++i) {
    const auto says = std::to_string(i * 100'000);  // each time 100,000 lines after the one before
    content += std::to_string(i) + "\n";
    patch += "@@ -" + says + " +" + says + " @@\n-" + std::to_string(i) + "\n+y\n";
  }
  CHECK(apply_to(content, patch).hunks.size() == 1'000);
  for (int i = 0; i < 200'000; ++i) content += "x\n";
  CHECK(apply_error(content, patch)
            .find("isn't where it says in m.py, nor are many before it: looking for all of them ") !=
        std::string::npos);
}
