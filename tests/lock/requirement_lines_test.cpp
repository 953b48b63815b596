#include "lock/requirement_lines.hpp"

#include <doctest/doctest.h>

#include "wheel/thrown.hpp"

using namespace wheelfix;

namespace {

constexpr auto file = "requirements.txt";

/// `project version@place hash@place` of the only requirement.
std::string only(std::string_view text) {
  const auto lines = RequirementLines::parse(text, file);
  REQUIRE(lines.requirements.size() == 1);
  const auto& found = lines.requirements[0];
  auto shown = found.project + " " + found.version.value_or("-");
  if (found.version) {
    const auto [begin, end] = found.version_range;
    CHECK(text.substr(begin, end - begin) == *found.version);
  }
  for (const auto& hash : found.hashes) {
    shown += " " + hash.value;
    const auto option = text.substr(hash.range.begin, hash.range.end - hash.range.begin);
    CHECK(option.starts_with("--hash"));
    CHECK(hash.after <= hash.range.begin);
  }
  return shown;
}

}  // namespace

TEST_CASE("the version that a requirement pins is found") {
  CHECK(only("demo==1.0") == "demo 1.0");
  CHECK(only("  Demo_X [a, b]  ==  1.0 ; python_version < '3.12'  # why\n") == "demo-x 1.0");
  CHECK(only("demo===1.0+x\r\n") == "demo 1.0+x");
  CHECK(only("demo(==1.0)") == "demo 1.0");
  CHECK(only("demo>=0.9,==1.0") == "demo 1.0");
  CHECK(only("\xef\xbb\xbf"
             "demo==1.0") == "demo 1.0");
}

TEST_CASE("what isn't one version isn't pinned") {
  for (const auto* text : {"demo", "demo>=1.0", "demo==1.*", "demo ; os_name == 'nt'", "demo[x]",
                           "demo @ https://x.org/demo-1.0.zip", "demo==1.0,==1.1", "demo!=1.0"})
    CHECK(only(text) == "demo -");
}

TEST_CASE("hashes may be on lines that a backslash joins") {
  CHECK(only("demo==1.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n    # via app\n") ==
        "demo 1.0 sha256:aa sha256:bb");
  CHECK(only("demo==1.0 \\\r\n    --hash=sha256:aa \\\r\n    --hash=sha512:bb\r\n") ==
        "demo 1.0 sha256:aa sha512:bb");
  CHECK(only("demo==1.0 --hash sha256:aa --config-settings x=1 --hash=\"sha256:bb\"") ==
        "demo 1.0 sha256:aa sha256:bb");
  CHECK(only("demo==1.0 # --hash=sha256:aa") == "demo 1.0");
  CHECK(only("demo==1.0 # why \\\n    --hash=sha256:aa\n") == "demo 1.0");  // as pip: the comment goes on
  CHECK(only("demo==1.0 \\\n  # why\n--no-index\n") == "demo 1.0");
  CHECK(only("demo==1.0 --hash=sha256:aa \\") == "demo 1.0 sha256:aa");
}

TEST_CASE("options are read with their values") {
  const auto lines = RequirementLines::parse(
      "-r more.txt\n--constraint=c.txt\n-c 'with space.txt'\n--index-url https://x.org/simple # why\n"
      "--no-index\n\f-ffolder\n-e .\n",
      file);
  std::string shown;
  for (const auto& option : lines.options)
    shown += option.name + "(" + option.value + ")" + std::to_string(option.line);
  CHECK(shown ==
        "--requirement(more.txt)1--constraint(c.txt)2--constraint(with "
        "space.txt)3--index-url(https://x.org/simple)4"
        "--no-index()5--find-links(folder)6--editable(.)7");
  CHECK(lines.requirements.empty());
}

TEST_CASE("paths and URLs alone are skipped") {
  CHECK(RequirementLines::parse("./demo\nhttps://x.org/demo-1.0.zip\ndemo-1.0-py3-none-any.whl\n\n# only\n",
                                file)
            .requirements.empty());
}

TEST_CASE("what isn't a requirement is refused at its line") {
  CHECK(thrown([] {
          RequirementLines::parse("a==1\n\nb=1\n", file);
        }).starts_with("3 requirements.txt:3: 'b=1' "));
  CHECK(
      thrown([] { RequirementLines::parse("a==1 \\\n  b\n", file); }).starts_with("3 requirements.txt:1: "));
  CHECK(thrown([] { RequirementLines::parse("a==1 --hash=sha256:aa :\\ --b", file); }) ==
        "3 requirements.txt:1: '--hash=sha256:aa :\\\\ --b' has a backslash that isn't at the end of a line");
  CHECK(thrown([] {
          RequirementLines::parse(
              "\xff\xfe"
              "a",
              file);
        }) == "3 requirements.txt: isn't a text in UTF-8 or another encoding that has ASCII in it");
}
