#include "wheel/requirement_syntax.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;

namespace {

std::string fault(const std::string& text) {
  return requirement_fault(text).value_or("");
}

}  // namespace

// tests/interop has pip and uv say which are refused.
TEST_CASE("requirements that pip and uv take have no fault") {
  for (const auto* text :
       {"dep", "dep [x , y] (>=1,<2,) ; extra == 'x'", "dep @ https://x/y.whl ; os_name == \"nt\"",
        "dep==1.0+x", "dep; (os_name == 'nt' or 'lin' in sys_platform) and python_version not in '3.1'",
        "dep; python_full_version ~= '3.1'or platform.version=='1'"})
    CHECK(fault(text).empty());
}

TEST_CASE("a requirement that doesn't parse is reported with what is there and what should be") {
  CHECK(fault("") == "ends where a project's name should be");
  CHECK(fault("-dep") == "has '-dep' where a project's name should be");
  CHECK(fault("dep- >=1") == "has 'dep- >=1' where a project's name should be");
  CHECK(fault("dep[x") == "ends where a ',' or ']' should be");
  CHECK(fault("dep[x,]") == "has ']' where an extra's name should be");
  CHECK(fault("dep @ foo") == "has 'foo' where a URL with its scheme should be");
  CHECK(fault("dep @ http://x y") == "has 'y' where a ';' before the marker should be");
  CHECK(fault("dep (>=1") == "ends where a ')' should be");
  CHECK(fault("dep ()") == "has ')' where a version specifier should be");
  CHECK(fault("dep ,>=1") == "has a ',' with no version specifier before it");
  CHECK(fault("dep>=1.*") == "has '>=1.*', which has .*, which only == and != may have");
  CHECK(fault("dep===foo") == "has '===foo', where uv requires a version");
}

TEST_CASE("a marker that doesn't parse, or that pip can't evaluate, is reported") {
  CHECK(fault("dep;") == "ends where a marker's name or a string should be");
  CHECK(fault("dep; python_version>3") == "has '3' where a marker's name or a string should be");
  CHECK(fault("dep; os_names == 'x'") == "has 'os_names == 'x'' where a marker's name or a string should be");
  CHECK(fault("dep; os_name = 'x'") == "has '= 'x'' where an operator that pip and uv know should be");
  CHECK(fault("dep; os_name == 'x") == "has a string without its closing quote");
  CHECK(fault("dep; os_name == '\\n'") ==
        "has a backslash in a string, which pip takes as the beginning of an escape");
  CHECK(fault("dep; (os_name == 'x'") == "ends where a ')' should be");
  CHECK(fault("dep; os_name == 'x'; os_name == 'y'") ==
        "has '; os_name == 'y'' where 'and', 'or' or the end should be");
  CHECK(fault("dep; 'a' == 'b'") == "has a marker that compares two strings");
  CHECK(fault("dep; os_name ~= '1.0'") == "has a marker that uses ~= with what isn't a version");
  CHECK(fault("dep; python_version ~= '3'")
            .starts_with("has a marker with '~=3', which has too short a release"));
  CHECK(fault("dep; " + std::string(60, '(')) == "has a marker with too many parentheses in each other");
}

TEST_CASE("what uv mends of Requires-Python is known") {
  for (const auto* text : {">=3.6.*", "!=3.0*", ">= '3.6'", ">=3.6<4", "UNKNOWN", ">dev", "!=~3.0"})
    CHECK(is_mendable_requires_python(text));
  for (const auto* text : {"3", "3.6+", ">=3.6 <4", "~=3", ",>=3", ">=3.6.", "!=3.0.x"})
    CHECK(!is_mendable_requires_python(text));
}
