#include <doctest/doctest.h>

#include "diff/diff_testing.hpp"

using namespace wheelfix;
using namespace wheelfix::testing;

namespace {

const std::string patch = patch_of(
    "@@ -2,7 +2,7 @@\n def two():\n     return 2\n \n-def three():\n+def drei():\n     return 3\n \n def "
    "four():\n");

std::string failure(std::string_view rest) {
  return "does_not_apply p.diff:3: hunk 1 does not apply to m.py\n" + std::string(rest);
}

}  // namespace

TEST_CASE("a failed hunk shows the place that matches best and the lines that differ there") {
  CHECK(apply_error("import x\n\n\ndef two():\n    return 2\n\ndef tres():\n    return 3\n\ndef four():\n",
                    patch) ==
        failure("it matches best at line 4 (the hunk says line 2), where 1 of 7 lines differs:\n"
                "      7 expected |def three():\n"
                "        found    |def tres():\n"
                "hint: the patch is for another version of the file"));
}

TEST_CASE("at the line that the hunk says only that line is named") {
  CHECK(apply_error("import x\ndef two():\n\treturn 2\n\ndef tres():\n    return 3\n\ndef four():", patch) ==
        failure("it matches best at line 2, where 3 of 7 lines differ:\n"
                "      3 expected |    return 2\n"
                "        found    |\\treturn 2\n"
                "      5 expected |def three():\n"
                "        found    |def tres():\n"
                "      8 expected |def four():\n"
                "        found    |def four():  (no newline at its end)\n"
                "hint: the patch is for another version of the file"));
}

TEST_CASE("lines after the file's end are named as such") {
  CHECK(apply_error("import x\ndef two():\n    return 2\n\n", patch)
            .find("\n      5 expected |def three():\n"
                  "        found    (the file ends before)\n") != std::string::npos);
}

TEST_CASE("at most five differing lines are shown") {
  std::string hunk = "@@ -1,9 +1,8 @@\n a\n";
  for (int i = 1; i <= 7; ++i) hunk += " " + std::to_string(i) + '\n';
  CHECK(apply_error("a\n" + std::string("x\nx\nx\nx\nx\nx\nx\n"), patch_of(hunk + "-b\n")) ==
        failure("it matches best at line 1, where 8 of 9 lines differ:\n"
                "      2 expected |1\n        found    |x\n"
                "      3 expected |2\n        found    |x\n"
                "      4 expected |3\n        found    |x\n"
                "      5 expected |4\n        found    |x\n"
                "      6 expected |5\n        found    |x\n"
                "        and 3 more\n"
                "hint: the patch is for another version of the file"));
}

TEST_CASE("control characters, bytes that are no UTF-8 and long lines are shown safely") {
  const auto text =
      apply_error("a\n\x1B[31m\xFF\n" + std::string(200, 'x') + "\n",
                  patch_of("@@ -1,3 +1,3 @@\n a\n-\xC3\xA4\\n\n+c\n " + std::string(99, 'y') + "\xC3\xA4\n"));
  CHECK(text == failure("it matches best at line 1, where 2 of 3 lines differ:\n"
                        "      2 expected |\xC3\xA4\\n\n"
                        "        found    |\\x1b[31m\\xff\n"
                        "      3 expected |" +
                        std::string(99, 'y') +
                        "...\n"
                        "        found    |" +
                        std::string(100, 'x') +
                        "...\n"
                        "hint: the patch is for another version of the file"));
}

TEST_CASE("a hunk that is nowhere in the file") {
  CHECK(apply_error("x\n\n\ny\n", patch) ==
        failure("not one of the lines that it expects is in the file\nhint: "
                "the patch is for another version of the file"));
  CHECK(apply_error("", patch) ==
        failure("the file is empty\nhint: the patch is for another version of the file"));
}

TEST_CASE("of equally good places the one nearest to where the hunk says is shown") {
  const std::string block = "def two():\n    return 2\n\nx\n";
  CHECK(apply_error(block + numbers(1, 9) + block, patch)
            .find("it matches best at line 1 (the hunk says line 2)") != std::string::npos);
}

TEST_CASE("a patch of which some hunks are applied already is told from another version") {
  const auto two = patch_of("@@ -1 +1 @@\n-a\n+b\n@@ -3 +3 @@\n-c\n+d\n");
  CHECK(apply_error("a\n\nd\n", two) ==
        "does_not_apply p.diff:6: hunk 2 does not apply to m.py\n"
        "not one of the lines that it expects is in the file\n"
        "hint: the file already has the result of this hunk: the patch is partly applied");
}

TEST_CASE("a search for the best place in a huge file ends") {
  std::string content;
  std::string hunk;
  for (int i = 0; i < 100'000; ++i) content += "x\n";
  for (int i = 0; i < 20'000; ++i) hunk += " x\n";
  CHECK(apply_error("w\n" + content, patch_of("@@ -1,20001 +1,20000 @@\n" + hunk + "-y\n"))
            .starts_with("does_not_apply"));
}
