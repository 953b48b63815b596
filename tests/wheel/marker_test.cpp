#include "wheel/marker.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;

namespace {

/// Of a Linux whose Python isn't known.
Truth of_linux(std::string_view marker) {
  return evaluate_marker(marker, {{"os_name", "posix"},
                                  {"platform_machine", "x86_64"},
                                  {"platform_system", "Linux"},
                                  {"sys_platform", "linux"}});
}

}  // namespace

TEST_CASE("a marker holds, doesn't, or depends on what isn't known") {
  CHECK(of_linux("") == Truth::yes);
  CHECK(of_linux(" \t") == Truth::yes);
  CHECK(of_linux("platform_system == 'Linux'") == Truth::yes);
  CHECK(of_linux("'win32' == sys_platform") == Truth::no);
  CHECK(of_linux("python_version < '3.9'") == Truth::unknown);
  CHECK(of_linux("extra == 'opt'") == Truth::unknown);
  CHECK(of_linux("os.name in 'posix nt'") == Truth::yes);
  CHECK(of_linux("'64' not in platform_machine") == Truth::no);
}

TEST_CASE("what isn't known counts only if it decides") {
  CHECK(of_linux("sys_platform == 'linux' and python_version < '3.9'") == Truth::unknown);
  CHECK(of_linux("sys_platform == 'win32' and python_version < '3.9'") == Truth::no);
  CHECK(of_linux("sys_platform == 'linux' or python_version < '3.9'") == Truth::yes);
  CHECK(of_linux("python_version < '3.9' or sys_platform == 'win32'") == Truth::unknown);
}

TEST_CASE("and binds closer than or, and parentheses closer than both") {
  CHECK(of_linux("os_name == 'posix' or os_name == 'nt' and sys_platform == 'win32'") == Truth::yes);
  CHECK(of_linux("(os_name == 'posix' or os_name == 'nt') and sys_platform == 'win32'") == Truth::no);
  CHECK(of_linux("(((os_name=='posix'))and(sys_platform=='linux'))") == Truth::yes);
}

TEST_CASE("versions are compared as versions, other text as text") {
  const MarkerEnvironment known = {{"python_version", "3.10"}, {"platform_version", "1.0"}, {"extra", "a-b"}};
  CHECK(evaluate_marker("python_version > '3.9'", known) == Truth::yes);
  CHECK(evaluate_marker("python_version == '3.10.0'", known) == Truth::yes);
  CHECK(evaluate_marker("python_version === '3.10.0'", known) == Truth::no);
  CHECK(evaluate_marker("'3.9' <= python_version", known) == Truth::yes);
  CHECK(evaluate_marker("platform_version == '1.0.0'", known) == Truth::no);
  CHECK(evaluate_marker("extra == 'A_b'", known) == Truth::yes);
}

TEST_CASE("what installers refuse, or differ about, is not known") {
  for (const auto* marker :
       {"sys_platform", "sys_platform == linux", "'a' == 'a'", "sys_platform ~= '1.0'",
        "sys_platform == 'linux' sys_platform == 'linux'", "sys_platform < 'm'", "(sys_platform == 'linux'",
        "sys_platform == 'linux')", "sys_platform == '\\x6c'"})
    CHECK(of_linux(marker) == Truth::unknown);
  CHECK(evaluate_marker("platform_release >= '5'", {{"platform_release", "5.15.0-91-generic"}}) ==
        Truth::unknown);
}

TEST_CASE("markers that say the same have the same alternatives") {
  const auto are_same = [](const char* one, const char* other) {
    return marker_alternatives(one) == marker_alternatives(other);
  };
  CHECK(are_same("os_name=='nt'", " ( \"nt\" == os.name ) "));
  CHECK(are_same("os_name == 'nt' and '3' < python_version", "python_version > '3' and (os_name == 'nt')"));
  CHECK(are_same("extra == 'A_b'", "extra == \"a-b\""));
  CHECK(are_same("(os_name == 'a' and os_name == 'b') and os_name == 'c'",
                 "os_name == 'c' and (os_name == 'b' and os_name == 'a')"));
  CHECK(are_same("(os_name == 'a' or os_name == 'b') or os_name == 'c'",
                 "os_name == 'c' or (os_name == 'b' or os_name == 'a')"));
  CHECK(are_same("(os_name == 'a' or os_name == 'b') and os_name == 'c'",
                 "os_name == 'c' and (os_name == 'b' or os_name == 'a')"));
  CHECK_FALSE(are_same("(os_name == 'a' or os_name == 'b') and os_name == 'c'",
                       "os_name == 'a' or os_name == 'b' and os_name == 'c'"));
  CHECK_FALSE(are_same("'a' in os_name", "os_name in 'a'"));
  CHECK_FALSE(are_same("os_name == 'a'", "os_name == 'A'"));
  CHECK_FALSE(are_same("os_name == 'a'", ""));
  CHECK(marker_alternatives("").empty());
  CHECK(marker_alternatives("os_name == 'a' and").empty());
  CHECK(marker_alternatives("os_name == 'a' b").empty());
}
