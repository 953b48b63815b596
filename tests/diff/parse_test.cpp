#include <doctest/doctest.h>

#include "diff/diff_testing.hpp"

using namespace wheelfix;
using namespace wheelfix::testing;
using Kind = FileDiff::Kind;

namespace {

const std::string one_hunk = "@@ -1 +1 @@\n-a\n+b\n";

FileDiff with_names(std::string_view old_line, std::string_view new_line, std::string_view hunk = one_hunk) {
  return only_file("--- " + std::string(old_line) + "\n+++ " + std::string(new_line) + "\n" +
                   std::string(hunk));
}

}  // namespace

TEST_CASE("a unified diff is read with the numbers of its lines") {
  const auto diff =
      parse_diff("some words\n--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,3 @@ def f():\n a\n-b\n+c\n+d\n", "p.diff");
  REQUIRE(diff.files.size() == 1);
  CHECK(diff.name == "p.diff");
  const auto& file = diff.files[0];
  CHECK(file.kind == Kind::modify);
  CHECK(file.old_name == "a/x.py");
  CHECK(file.new_name == "b/x.py");
  CHECK(file.patch_line == 2);
  using enum HunkLine::Kind;
  CHECK(
      file.hunks ==
      std::vector<Hunk>{{1,
                         2,
                         1,
                         3,
                         {{context, "a", true}, {removed, "b", true}, {added, "c", true}, {added, "d", true}},
                         4}});
}

TEST_CASE("names end at a tab or before a timestamp and may have spaces") {
  CHECK(with_names("a/x y.py\t2023-10-04 10:00:00.123456789 +0200", "b/x y.py\t").old_name == "a/x y.py");
  CHECK(with_names("a/x y.py\t2023-10-04 10:00:00.123456789 +0200", "b/x y.py\t").new_name == "b/x y.py");
  CHECK(with_names("a/x y.py 2023-10-04 10:00:00 +0200", "b/x").old_name == "a/x y.py");
  CHECK(with_names("a/x y.py", "b/x").old_name == "a/x y.py");
  CHECK(with_names("a/x\t(revision 12)", "b/x\t(working copy)").old_name == "a/x");
}

TEST_CASE("names in quotes follow C") {
  CHECK(with_names(R"("a/t\303\244st\t\"\a\b\n\v\f\r")", "b/x").old_name == "a/t\xC3\xA4st\t\"\a\b\n\v\f\r");
  CHECK(with_names("\"a/x y\"\t2023-10-04 10:00:00 +0200", "b/x").old_name == "a/x y");
}

TEST_CASE("dev/null says that a side is absent") {
  const auto created = with_names("/dev/null", "b/x", "@@ -0,0 +1 @@\n+a\n");
  CHECK(created.kind == Kind::create);
  CHECK(created.old_name.empty());
  CHECK(created.new_name == "b/x");
  const auto removed = with_names("a/x", "/dev/null\t2023-10-04 10:00:00 +0200", "@@ -1 +0,0 @@\n-a\n");
  CHECK(removed.kind == Kind::remove);
  CHECK(removed.old_name == "a/x");
  CHECK(removed.new_name.empty());
}

TEST_CASE("a header dated at the epoch, in any zone, says that a side is absent") {
  const std::string creation = "@@ -0,0 +1 @@\n+a\n";
  for (const auto* stamp :
       {"1970-01-01 00:00:00.000000000 +0000", "1970-01-01 00:00:00 +0000", "1970-01-01 01:00:00 +0100",
        "1969-12-31 19:00:00 -0500", "1970-01-01 05:30:00.0 +05:30", "1970-01-01 00:00:00",
        "1970-01-01 00:00:00 UTC", "Thu Jan  1 00:00:00 1970", "Thu Jan 01 00:00:00 1970 +0000",
        "Thu Jan  1 01:00:00 1970 +0100"}) {
    CAPTURE(stamp);
    const auto file = with_names(std::string("a/x\t") + stamp, "b/x\t2023-10-04 10:00:00 +0200", creation);
    CHECK(file.kind == Kind::create);
    CHECK(file.old_name.empty());
    const auto removal = with_names("a/x", std::string("b/x\t") + stamp, "@@ -1 +0,0 @@\n-a\n");
    CHECK(removal.kind == Kind::remove);
    CHECK(removal.new_name.empty());
  }
}

TEST_CASE("another date, or lines of that side, say that it is there") {
  const std::string creation = "@@ -0,0 +1 @@\n+a\n";
  for (const auto* stamp :
       {"1970-01-01 00:00:01 +0000", "1970-01-01 00:00:00.000000001 +0000", "1970-01-01 00:00:00 +0100",
        "1970-01-02", "2023-10-04 10:00:00", "1970-01-01 00:00:00 +0", "1970-01-01 00:00:00 PST", "0",
        "Thu Jan  2 00:00:00 1970", "Thu Foo  1 00:00:00 1970", "1970-00-00 00:00:00 +0000"}) {
    CAPTURE(stamp);
    CHECK(with_names(std::string("a/x\t") + stamp, "b/x", creation).kind == Kind::modify);
  }
  const auto kept = with_names("a/x\t1970-01-01 00:00:00 +0000", "b/x\t1970-01-01 00:00:00 +0000");
  CHECK(kept.kind == Kind::modify);
  CHECK(kept.old_name == "a/x");
}

TEST_CASE("text around the files' parts is skipped") {
  const auto diff = parse_diff(
      "From 0123 Mon Sep 17 00:00:00 2001\nFrom: A <a@b.c>\nSubject: [PATCH] x\n\n--- is no header\n---\n "
      "x.py | 2 +-\n"
      " 1 file changed\n\nIndex: "
      "x.py\n===================================================================\ndiff -u a/x.py b/x.py\n"
      "--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n"
      "Only in a: y.py\ndiff -r -u a/z.py b/z.py\n--- a/z.py\n+++ b/z.py\n@@ -1 +1 @@\n-a\n+b\n-- "
      "\n2.39.5\n\n",
      "p.diff");
  REQUIRE(diff.files.size() == 2);
  CHECK(diff.files[0].old_name == "a/x.py");
  CHECK(diff.files[1].old_name == "a/z.py");
}

TEST_CASE("removed and added lines that look like headers belong to the hunk that counts them") {
  const auto file = only_file(
      patch_of("@@ -1,3 +1,3 @@\n--- a/x\n-- \n-@@ -1 +1 @@\n+++ b/x\n+diff --git a/x b/x\n+-- \n"));
  REQUIRE(file.hunks.size() == 1);
  CHECK(file.hunks[0].lines[0].text == "-- a/x");
  CHECK(file.hunks[0].lines[1].text == "- ");
  CHECK(file.hunks[0].lines[3].text == "++ b/x");
}

TEST_CASE("the header of the next file may follow right after a hunk") {
  CHECK(parse_diff(patch_of(one_hunk) + patch_of(one_hunk), "p.diff").files.size() == 2);
  CHECK(parse_diff(patch_of(one_hunk) + "---\nfoo\n", "p.diff").files.size() == 1);
}

TEST_CASE("no newline at the end marks the line before") {
  const auto file =
      only_file(patch_of("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ Kein Zeilenumbruch\n"));
  CHECK_FALSE(file.hunks[0].lines[0].newline);
  CHECK_FALSE(file.hunks[0].lines[1].newline);
}

TEST_CASE("a patch that Windows saved with CRLF throughout is read as if it had LF") {
  std::string text =
      "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n "
      "c\n-a\n+b\n\\ No newline at end of file\n";
  const auto plain = only_file(text);
  for (auto at = text.find('\n'); at != text.npos; at = text.find('\n', at + 2)) text.replace(at, 1, "\r\n");
  CHECK(only_file(text) == plain);
}

TEST_CASE("a diff of a file with CRLF keeps it in its lines") {
  const auto file = only_file(patch_of("@@ -1,2 +1,2 @@\n\r\n-a\r\n+b\r\n"));
  CHECK(file.hunks[0].lines[0].text == "\r");
  CHECK(file.hunks[0].lines[1].text == "a\r");
}

TEST_CASE("components are stripped as patch strips them") {
  CHECK(strip_components("a/b/c.py", 0) == "a/b/c.py");
  CHECK(strip_components("a/b/c.py", 1) == "b/c.py");
  CHECK(strip_components("a//b/c.py", 1) == "b/c.py");
  CHECK(strip_components("a/b/c.py", 2) == "c.py");
  CHECK(strip_components("a/b/c.py", 3).empty());
  CHECK(strip_components("./a", 1) == "a");
  CHECK(strip_components("", 1).empty());
}
