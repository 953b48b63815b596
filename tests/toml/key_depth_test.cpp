#include "toml/key_depth.hpp"

#include <doctest/doctest.h>

#include <string>

using wheelfix::line_of_deep_key;

namespace {

std::string deep_key(std::size_t parts) {
  std::string key = "a";
  for (std::size_t i = 1; i < parts; ++i) key += ".a";
  return key;
}

}  // namespace

TEST_CASE("the parts of a key are counted where it stands") {
  CHECK(line_of_deep_key(deep_key(64) + " = 1\n", 64) == std::nullopt);
  CHECK(line_of_deep_key("x = 1\n" + deep_key(65) + " = 1\n", 64) == 2);
  CHECK(line_of_deep_key("\n\n[" + deep_key(65) + "]\n", 64) == 3);
  CHECK(line_of_deep_key("x = { y = 1, " + deep_key(65) + " = 1 }\n", 64) == 1);
  CHECK(line_of_deep_key("\"a\"." + deep_key(64) + " = 1\n", 64) == 1);
  CHECK(line_of_deep_key("a . " + deep_key(64) + " = 1\n", 64) == 1);
}

TEST_CASE("dots in values, strings and comments don't belong to a key") {
  CHECK(line_of_deep_key("x = [1.5, 2.5]\ny.z = 1.5\n", 2) == std::nullopt);
  const auto dots = deep_key(200);
  CHECK(line_of_deep_key("x = \"" + dots + "\" # " + dots + "\n", 64) == std::nullopt);
  CHECK(line_of_deep_key("x = '" + dots + "\\'\n", 64) == std::nullopt);
  CHECK(line_of_deep_key("x = \"\\\"" + dots + "\"\n", 64) == std::nullopt);
  CHECK(line_of_deep_key("x = \"\"\"\n" + dots + "\n\\\"\"\"" + dots + "\"\"\"\n", 64) == std::nullopt);
  CHECK(line_of_deep_key("x = '''\n" + dots + "\n'''\n", 64) == std::nullopt);
}

TEST_CASE("no string hides a key after it") {
  const auto key = deep_key(65) + " = 1\n";
  CHECK(line_of_deep_key("x = \"\\\\\"\n" + key, 64) == 2);
  CHECK(line_of_deep_key("x = '\\'\n" + key, 64) == 2);
  CHECK(line_of_deep_key("x = \"\"\"\n\\\\\"\"\"\n" + key, 64) == 3);
  CHECK(line_of_deep_key("x = '''\\'''\n" + key, 64) == 2);
  CHECK(line_of_deep_key("x = ''\ny = \"\"\n# \"\"\"\n" + key, 64) == 4);
  CHECK(line_of_deep_key("x = \"\"\"a\"\"\"\"\"\n" + key, 64) == 2);
}
