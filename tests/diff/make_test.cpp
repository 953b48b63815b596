#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <wheelfix/diff.hpp>
#include <wheelfix/error.hpp>

using namespace std::string_view_literals;
using wheelfix::FilePair;
using wheelfix::make_diff;

namespace {

std::string diff_of(std::string_view before, std::string_view after, std::string path = "x") {
  return make_diff({{std::move(path), {{before}}, {{after}}}});
}

std::string header(std::string_view path) {
  const std::string name(path);
  return "diff --git a/" + name + " b/" + name + "\n--- a/" + name + "\n+++ b/" + name + "\n";
}

}  // namespace

TEST_CASE("equal pairs, absent pairs and no pairs give nothing") {
  CHECK(make_diff({}).empty());
  CHECK(make_diff({{"x", {{"a\n"}}, {{"a\n"}}}}).empty());
  CHECK(make_diff({{"x", {}, {}}}).empty());
}

TEST_CASE("a changed line is between three lines of context") {
  CHECK(diff_of("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n") ==
        header("x") + "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

TEST_CASE("the files are in the order given") {
  const auto text = make_diff({{"b", {{"1\n"}}, {{"2\n"}}}, {"a", {{"1\n"}}, {{"2\n"}}}});
  CHECK(text == header("b") + "@@ -1 +1 @@\n-1\n+2\n" + header("a") + "@@ -1 +1 @@\n-1\n+2\n");
}

TEST_CASE("changes six lines apart share a hunk and seven lines apart do not") {
  CHECK(diff_of("a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n") ==
        header("x") + "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n");
  CHECK(diff_of("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n") ==
        header("x") + "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
}

TEST_CASE("a missing newline at the end is said on the side that lacks it") {
  const std::string mark = "\\ No newline at end of file\n";
  CHECK(diff_of("a\nb", "a\nb\n") == header("x") + "@@ -1,2 +1,2 @@\n a\n-b\n" + mark + "+b\n");
  CHECK(diff_of("a\nb\n", "a\nb") == header("x") + "@@ -1,2 +1,2 @@\n a\n-b\n+b\n" + mark);
  CHECK(diff_of("a\nb", "c\nb") == header("x") + "@@ -1,2 +1,2 @@\n-a\n+c\n b\n" + mark);
  CHECK(diff_of("a", "b") == header("x") + "@@ -1 +1 @@\n-a\n" + mark + "+b\n" + mark);
}

TEST_CASE("CRLF, a lone CR, a form feed and bytes that are no UTF-8 are kept as they are") {
  CHECK(diff_of("a\r\nb\r\n", "a\r\nc\r\n") == header("x") + "@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n");
  CHECK(diff_of("a\n", "a\r\n") == header("x") + "@@ -1 +1 @@\n-a\n+a\r\n");
  CHECK(diff_of("a\rb\n", "a\rc\n") == header("x") + "@@ -1 +1 @@\n-a\rb\n+a\rc\n");
  CHECK(diff_of("\f\n\xE9\xFF\n", "\f\n\xE8\n") == header("x") + "@@ -1,2 +1,2 @@\n \f\n-\xE9\xFF\n+\xE8\n");
}

TEST_CASE("a file that is created or removed has /dev/null on the absent side") {
  CHECK(make_diff({{"x", {}, {{"a\nb\n"}}}}) ==
        "diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1,2 @@\n+a\n+b\n");
  CHECK(make_diff({{"x", {{"a\nb\n", 0100755}}, {}}}) ==
        "diff --git a/x b/x\ndeleted file mode 100755\n--- a/x\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n");
}

TEST_CASE("a file that is emptied or filled keeps both names") {
  CHECK(diff_of("a\n", "") == header("x") + "@@ -1 +0,0 @@\n-a\n");
  CHECK(diff_of("", "a\n") == header("x") + "@@ -0,0 +1 @@\n+a\n");
}

TEST_CASE("an empty file that is created or removed has a header only, with the blob id of nothing") {
  const std::string null = "0000000000000000000000000000000000000000",
                    empty = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
  CHECK(make_diff({{"x", {}, {{""}}}}) ==
        "diff --git a/x b/x\nnew file mode 100644\nindex " + null + ".." + empty + "\n");
  CHECK(make_diff({{"x", {{""}}, {}}}) ==
        "diff --git a/x b/x\ndeleted file mode 100644\nindex " + empty + ".." + null + "\n");
}

TEST_CASE("a mode is 100755 if the owner may execute the file and 100644 elsewhere") {
  CHECK(make_diff({{"x", {{"a\n", 0100664}}, {{"a\n", 0100775}}}}) ==
        "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n");
  CHECK(make_diff({{"x", {{"a\n", 0}}, {{"a\n", 0100600}}}}).empty());
  CHECK(make_diff({{"x", {{"a\n", 0100755}}, {{"b\n"}}}}) ==
        "diff --git a/x b/x\nold mode 100755\nnew mode 100644\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n");
}

TEST_CASE("a symbolic link that is made or changed is refused by name, and one that stays is not") {
  CHECK(make_diff({{"x", {{"a", 0120777}}, {{"a", 0120777}}}}).empty());
  try {
    make_diff({{"pkg/link", {}, {{"target", 0120777}}}});
    FAIL("nothing was thrown");
  } catch (const wheelfix::Error& error) {
    CHECK(error.code() == wheelfix::ErrorCode::bad_diff);
    CHECK(error.what() == "pkg/link: is a symbolic link, which a patch of a wheel can't make or change"sv);
    CHECK(error.hint() == "leave it out of the comparison");
  }
}

TEST_CASE("names are quoted as git quotes them") {
  CHECK(diff_of("1\n", "2\n", "a \"b\"") ==
        "diff --git \"a/a \\\"b\\\"\" \"b/a \\\"b\\\"\"\n--- \"a/a \\\"b\\\"\"\t\n+++ \"b/a "
        "\\\"b\\\"\"\t\n@@ -1 +1 @@\n-1\n+2\n");
  CHECK(diff_of("1\n", "2\n", "\xC3\xA4\t\x01")
            .starts_with("diff --git \"a/\\303\\244\\t\\001\" \"b/\\303\\244\\t\\001\"\n"));
}

TEST_CASE("a name that ends with a space is quoted, because GNU patch doesn't see a tab after it") {
  const FilePair pair{.path = "x ", .before = FilePair::Side{"a\n"}, .after = FilePair::Side{"b\n"}};
  CHECK(make_diff({pair}).find("--- \"a/x \"\n+++ \"b/x \"\n") != std::string::npos);
}

TEST_CASE("a name with a space is followed by a tab, and quoted only if no --- and +++ lines follow") {
  CHECK(diff_of("1\n", "2\n", "a b") ==
        "diff --git a/a b b/a b\n--- a/a b\t\n+++ b/a b\t\n@@ -1 +1 @@\n-1\n+2\n");
  CHECK(make_diff({{"a b", {{"1\n"}}, {{"1\n", 0100755}}}}) ==
        "diff --git \"a/a b\" \"b/a b\"\nold mode 100644\nnew mode 100755\n");
}

TEST_CASE("a file with a NUL on either side becomes a binary patch with a way back") {
  const auto text = make_diff({{"x", {}, {{"a\0b\n"sv}}}});
  CHECK(text ==
        "diff --git a/x b/x\nnew file mode 100644\n"
        "index 0000000000000000000000000000000000000000..1a23e4be731d2f539deeea324686d000ccdfbfcd\n"
        "GIT binary patch\nliteral 4\nLc$`aQNa6wj0#*Rd\n\nliteral 0\nHc$@<O00001\n\n");
  CHECK(diff_of("text\n", "a\0b\n"sv)
            .starts_with(
                "diff --git a/x b/x\nindex "
                "8e27be7d6154a1f68ea9160ef0e18691d20560dc..1a23e4be731d2f539deeea324686d000ccdfbfcd 100644\n"
                "GIT binary patch\nliteral 4\n"));
}

TEST_CASE("a small change in a large binary file is a delta both ways") {
  std::string before(100'000, '\0');
  std::string after = before;
  after.replace(50'000, 3, "new");
  const auto text = diff_of(before, after);
  CHECK(text.size() < 300);
  CHECK(text.find("\ndelta ") != std::string::npos);
  CHECK(text.find("\ndelta ") != text.rfind("\ndelta "));
  CHECK(text.find("literal") == std::string::npos);
}
