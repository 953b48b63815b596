#include "base/path_within.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;

TEST_CASE("a path is within a folder if the folder's components begin it") {
  CHECK(path_within("/venv/lib/demo", "/venv") == "lib/demo");
  CHECK(path_within("/venv/lib/demo", "/venv/") == "lib/demo");
  CHECK(path_within("/venv/lib/demo", "/") == "venv/lib/demo");
  CHECK(path_within("/venv", "/venv") == ".");
  CHECK(path_within("/venv/..demo", "/venv") == "..demo");
  CHECK_FALSE(path_within("/venv2/lib", "/venv"));
  CHECK_FALSE(path_within("/lib", "/venv"));
  CHECK_FALSE(path_within("lib", "/venv"));
  CHECK_FALSE(path_within("/venv", "lib"));
}
