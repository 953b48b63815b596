#include <doctest/doctest.h>

#include "diff/diff_testing.hpp"

using namespace wheelfix;
using namespace wheelfix::testing;

namespace {

const std::string lf_patch = patch_of("@@ -1,3 +1,4 @@\n 1\n-2\n+two\n+more\n 3\n");

}  // namespace

TEST_CASE("an LF patch on a CRLF file keeps CRLF and says so") {
  const auto applied = apply_to("1\r\n2\r\n3\r\n4\r\n", lf_patch);
  CHECK(applied.content == "1\r\ntwo\r\nmore\r\n3\r\n4\r\n");
  CHECK(applied.crlf_kept);
}

TEST_CASE("strict_eol refuses an LF patch on a CRLF file and says what would help") {
  CHECK(apply_error("1\r\n2\r\n3\r\n", lf_patch, {.strict_eol = true}) ==
        "does_not_apply p.diff:3: hunk 1 does not apply to m.py\n"
        "not one of the lines that it expects is in the file\n"
        "hint: the file has CRLF line ends and the patch has LF: without --strict-eol it applies, and CRLF "
        "stays");
}

TEST_CASE("a CRLF patch is exact") {
  const auto patch = patch_of("@@ -1,2 +1,2 @@\n 1\r\n-2\r\n+two\r\n");
  CHECK(apply_to("1\r\n2\r\n", patch).content == "1\r\ntwo\r\n");
  CHECK_FALSE(apply_to("1\r\n2\r\n", patch).crlf_kept);
  CHECK(apply_to("1\r\n2\r\n", patch, {.strict_eol = true}).content == "1\r\ntwo\r\n");
  CHECK(apply_error("1\n2\n", patch).ends_with("\nhint: the patch's lines end in CRLF, the file's in LF"));
}

TEST_CASE("a patch that changes the line ends does so") {
  const auto patch = patch_of("@@ -1,2 +1,2 @@\n-1\r\n-2\r\n+1\n+2\n");
  CHECK(apply_to("1\r\n2\r\n", patch).content == "1\n2\n");
  CHECK(apply_to("1\n2\n",
                 only_file(patch).hunks.empty() ? patch : patch_of("@@ -1,2 +1,2 @@\n-1\n-2\n+1\r\n+2\r\n"))
            .content == "1\r\n2\r\n");
}

TEST_CASE("in a file of mixed line ends each added line ends as its neighbour ahead") {
  CHECK(apply_to("1\n2\n3\n4\r\n", lf_patch).content == "1\ntwo\nmore\n3\n4\r\n");
  CHECK_FALSE(apply_to("1\n2\n3\n4\r\n", lf_patch).crlf_kept);
  CHECK(apply_to("1\r\n2\n3\r\n", lf_patch).content == "1\r\ntwo\nmore\n3\r\n");
  CHECK(apply_to("1\n2\r\n3\n", lf_patch).content == "1\ntwo\r\nmore\r\n3\n");
}

TEST_CASE("a line put at a CRLF file's start or after its unended last line gets CRLF") {
  CHECK(apply_to("1\r\n2\r\n", patch_of("@@ -0,0 +1 @@\n+0\n")).content == "0\r\n1\r\n2\r\n");
  const std::string mark = "\\ No newline at end of file\n";
  CHECK(apply_to("1\r\n2", patch_of("@@ -1,2 +1,3 @@\n 1\n-2\n" + mark + "+2\n+3\n" + mark)).content ==
        "1\r\n2\r\n3");
}

TEST_CASE("a CRLF file that has the result of an LF patch is applied already") {
  CHECK(apply_error("1\r\ntwo\r\nmore\r\n3\r\n", lf_patch).starts_with("already_applied"));
  CHECK(
      apply_error("1\r\ntwo\r\nmore\r\n3\r\n", lf_patch, {.strict_eol = true}).starts_with("does_not_apply"));
}

TEST_CASE("an LF patch removes a CRLF file") {
  CHECK(apply_to("1\r\n2\r\n", "--- a/m.py\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-1\n-2\n").content.empty());
}

TEST_CASE("a lone CR within a line is content") {
  CHECK(apply_to("a\rb\n", patch_of("@@ -1 +1 @@\n-a\rb\n+a\rc\n")).content == "a\rc\n");
}
