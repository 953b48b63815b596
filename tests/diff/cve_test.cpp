// The ways in which patches have broken out of the tools that apply them, each as its published exploit does
// it.
#include <doctest/doctest.h>

#include "diff/diff_testing.hpp"

using namespace wheelfix;
using namespace wheelfix::testing;

namespace {

const std::string out_hint = "\nhint: a patch may only name files below its own folder";

std::string symlink_refusal(const std::string& name) {
  return "the patch makes or changes the symlink '" + name + "'\nhint: a wheel holds no symlinks";
}

}  // namespace

TEST_CASE("CVE-2010-4651: a patch does not create files outside by .. or an absolute name") {
  CHECK(parse_error("--- /dev/null\n+++ ../../moo\n@@ -0,0 +1 @@\n+blah\n") ==
        "bad_diff p.diff:2: the name '../../moo' climbs out with '..'" + out_hint);
  CHECK(parse_error("--- /dev/null\n+++ /tmp/moo\n@@ -0,0 +1 @@\n+blah\n") ==
        "bad_diff p.diff:2: the name '/tmp/moo' is absolute" + out_hint);
}

TEST_CASE("CVE-2015-1196: a patch does not make a symlink to write through") {
  CHECK(parse_error("diff --git a/escape b/escape\nnew file mode 120000\nindex 0000000..0dc6ab5\n--- "
                    "/dev/null\n+++ b/escape\n"
                    "@@ -0,0 +1 @@\n+/tmp\n\\ No newline at end of file\n"
                    "diff --git a/escape/x b/escape/x\nnew file mode 100644\n--- /dev/null\n+++ "
                    "b/escape/x\n@@ -0,0 +1 @@\n+x\n") ==
        "bad_diff p.diff:2: " + symlink_refusal("b/escape"));
}

TEST_CASE("CVE-2018-1000156: an ed script is not run") {
  const std::string refusal =
      "an ed script is never run\nhint: only unified diffs are read: make it with `diff -u` or `git diff`";
  CHECK(parse_error("--- a\t2018-13-37 13:37:37.000000000 +0100\n+++ b\t2018-13-37 13:38:38.000000000 "
                    "+0100\n1,112d\n!id>~/pwn\n.\n") == "bad_diff p.diff:3: " + refusal);
  CHECK(parse_error(patch_of("@@ -1 +1 @@\n-a\n+b\n") + "\n0a\n!id\n.\n") == "bad_diff p.diff:7: " + refusal);
}

TEST_CASE("CVE-2023-23946: a patch does not change or rename a symlink to write behind it") {
  CHECK(parse_error(
            "diff --git a/symlink b/renamed\nsimilarity index 100%\nrename from symlink\nrename to renamed\n"
            "diff --git a/x b/x\nold mode 100644\nnew mode 120000\n") ==
        "bad_diff p.diff:7: " + symlink_refusal("b/x"));
  CHECK(parse_error("diff --git a/symlink b/symlink\nindex 1234567..89abcde 120000\n--- a/symlink\n+++ "
                    "b/symlink\n@@ -1 +1 @@\n-a\n+b\n") ==
        "bad_diff p.diff:2: " + symlink_refusal("b/symlink"));
  CHECK(parse_error("diff --git a/symlink b/symlink\ndeleted file mode 120000\n--- a/symlink\n+++ "
                    "/dev/null\n@@ -1 +0,0 @@\n-a\n") ==
        "bad_diff p.diff:2: " + symlink_refusal("b/symlink"));
}

TEST_CASE(
    "CVE-2023-25652: hunks that fail leave nothing, neither a partial result nor a .rej file that a symlink "
    "leads elsewhere") {
  const auto patch = patch_of("@@ -1 +1 @@\n-a\n+b\n@@ -3 +3 @@\n-x\n+y\n");
  CHECK(apply_error("a\n\nc\n", patch).starts_with("does_not_apply p.diff:6: hunk 2 does not apply"));
  CHECK(parse_error("diff --git a/x.rej b/x.rej\nnew file mode 120000\n--- /dev/null\n+++ b/x.rej\n@@ -0,0 "
                    "+1 @@\n+/etc\n") == "bad_diff p.diff:2: " + symlink_refusal("b/x.rej"));
}

TEST_CASE("a submodule is not changed") {
  CHECK(parse_error("diff --git a/sub b/sub\nindex 1234567..89abcde 160000\n--- a/sub\n+++ b/sub\n@@ -1 +1 "
                    "@@\n-Subproject commit 1\n+Subproject commit 2\n") ==
        "bad_diff p.diff:2: the patch changes the submodule 'b/sub'\nhint: a wheel holds no submodules");
}

TEST_CASE("a symlink whose name can't be known yet is refused without it") {
  CHECK(parse_error("diff --git a/one b/another\nold mode 120000\nnew mode 100644\nrename from one\nrename "
                    "to another\n") ==
        "bad_diff p.diff:2: the patch makes or changes a symlink\nhint: a wheel holds no symlinks");
  CHECK(parse_error("diff --git a/one b/another\nrename from one\nrename to another\nnew mode 120000\n") ==
        "bad_diff p.diff:4: " + symlink_refusal("b/another"));
}
