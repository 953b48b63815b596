#include "toml/toml_text.hpp"

#include <doctest/doctest.h>

#include <wheelfix/error.hpp>

#include "toml/toml_table.hpp"

using namespace wheelfix;

TEST_CASE("a quoted text is read as the same text") {
  for (const std::string text : {"a", "a \"b\" \\ c", "line\none\ttwo\x01\x7f", "\u00e9\u4e2d", "\\u0041"})
    CHECK(TomlTable::parse("key = " + toml_quoted(text), "x.toml").string("key")->text == text);
}

TEST_CASE("what isn't UTF-8 is refused") {
  CHECK_THROWS_AS(toml_quoted("a\xff"), Error);
}
