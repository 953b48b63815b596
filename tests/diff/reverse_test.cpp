#include <doctest/doctest.h>

#include "diff/diff_testing.hpp"

using namespace wheelfix;
using namespace wheelfix::testing;
using Kind = FileDiff::Kind;

namespace {

Diff reverse_of(std::string_view text) {
  return reversed(parse_diff(text, "p.diff"));
}

std::string undo(std::string_view content, std::string_view text) {
  return apply_diff(content, reverse_of(text).files.at(0), {}, "p.diff", "m.py").content;
}

}  // namespace

TEST_CASE("a reversed diff undoes what the diff did") {
  const auto patch = patch_of("@@ -1,3 +1,4 @@\n+0\n 1\n-2\n+two\n 3\n@@ -8 +8,0 @@\n-8\n");
  const auto before = numbers(1, 9);
  const auto after = apply_to(before, patch).content;
  CHECK(after == "0\n1\ntwo\n3\n4\n5\n6\n7\n9\n");
  CHECK(undo(after, patch) == before);
}

TEST_CASE("reversing twice gives the diff again") {
  const auto diff = parse_diff(patch_of("@@ -1,3 +1,3 @@\n 1\n-2\n-3\n+two\n+three\n"), "p.diff");
  CHECK(reversed(reversed(diff)) == diff);
}

TEST_CASE("the last file comes first, names and kinds are swapped") {
  const auto diff = reverse_of(
      "diff --git a/x b/x\nnew file mode 100755\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n"
      "diff --git a/y b/z\nsimilarity index 100%\nrename from y\nrename to z\n"
      "diff --git a/w b/w\ndeleted file mode 100644\nindex e69de29..0000000\n");
  REQUIRE(diff.files.size() == 3);
  CHECK(diff.files[0].kind == Kind::create);
  CHECK(diff.files[0].new_name == "a/w");
  CHECK(diff.files[0].new_mode == 0100644U);
  CHECK(diff.files[1].old_name == "b/z");
  CHECK(diff.files[1].new_name == "a/y");
  CHECK(diff.files[2].kind == Kind::remove);
  CHECK(diff.files[2].old_name == "b/x");
  CHECK(diff.files[2].new_name.empty());
}

TEST_CASE("a mode that changes is swapped and one that is only named stays unset") {
  const auto changed = reverse_of("diff --git a/x b/x\nold mode 100644\nnew mode 100755\n").files[0];
  CHECK(changed.old_mode == 0100755U);
  CHECK(changed.new_mode == 0100644U);
  const auto named =
      reverse_of("diff --git a/x b/x\nindex 1234567..89abcde 100644\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n")
          .files[0];
  CHECK(named.old_mode == 0100644U);
  CHECK_FALSE(named.new_mode);
}

TEST_CASE("a missing newline comes back") {
  const std::string mark = "\\ No newline at end of file\n";
  CHECK(undo("a\nb\n", patch_of("@@ -1,2 +1,2 @@\n a\n-b\n" + mark + "+b\n")) == "a\nb");
}

TEST_CASE("what carries no way back is refused") {
  CHECK(error_of([] { reverse_of("diff --git a/x b/y\nsimilarity index 100%\ncopy from x\ncopy to y\n"); }) ==
        "bad_diff p.diff:1: a copy can't be reversed");
  CHECK(error_of([] {
          auto diff = parse_diff("diff --git a/x b/x\nold mode 100644\nnew mode 100755\n", "p.diff");
          diff.files[0].binary = BinaryHunk{BinaryHunk::Method::literal, "a"};
          reversed(diff);
        }) == "bad_diff p.diff:1: the binary change carries no reverse");
}
