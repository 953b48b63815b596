#include "toml/toml_table.hpp"

#include <doctest/doctest.h>

#include <wheelfix/error.hpp>

#include "wheel/thrown.hpp"

using wheelfix::TomlTable;

namespace {

TomlTable parse(std::string_view text) {
  return TomlTable::parse(text, "x.toml");
}

}  // namespace

TEST_CASE("strings, integers and lists are read with the lines where they stand") {
  const auto table = parse("name = \"a\"\n\nsize = 4096\nlist = [\n  'b',\n  'c',\n]\nalone = 'd'\n");
  CHECK(table.string("name")->text == "a");
  CHECK(table.string("name")->where == "x.toml:1");
  CHECK_FALSE(table.string("other"));
  CHECK(table.integer("size") == 4096);
  const auto list = table.strings("list");
  REQUIRE(list.size() == 2);
  CHECK(list[1].text == "c");
  CHECK(list[1].where == "x.toml:6");
  CHECK(table.strings("alone").at(0).text == "d");
  CHECK(table.strings("other").empty());
  CHECK(table.required_string("name").text == "a");
}

TEST_CASE("lists of tables keep their order, and outlive the document") {
  const auto tables =
      parse("[[rule]]\nname = 'a'\n\n[[rule]]\nname = 'b'\nmap = { y = '2', x = '1' }\n").tables("rule");
  REQUIRE(tables.size() == 2);
  CHECK(tables[0].where() == "x.toml:1");
  CHECK(tables[1].where() == "x.toml:4");
  CHECK(tables[1].required_string("name").where == "x.toml:5");
  const auto pairs = tables[1].string_pairs("map");
  REQUIRE(pairs.size() == 2);
  CHECK(pairs[0].first.text == "x");
  CHECK(pairs[0].second.text == "1");
}

TEST_CASE("what is no TOML is refused at its line") {
  CHECK(thrown([] { parse("a = 1\nb = = 2\n"); }).starts_with("3 x.toml:2:5: is not valid TOML: "));
  CHECK(thrown([] { parse("a = 1\na = 2\n"); }).starts_with("3 x.toml:2:5: is not valid TOML: "));
  CHECK(thrown([] { parse("a = \"\xff\"\n"); }).starts_with("3 x.toml:1:5: is not valid TOML: "));
  CHECK(thrown([] { parse(std::string((1 << 20) + 1, '\n')); }) == "3 x.toml: has more than 1048576 bytes");
  std::string deep = "a";
  for (int i = 0; i < 200'000; ++i) deep += ".a";
  CHECK(thrown([&] { parse("b = 1\n" + deep + " = 1\n"); }) == "3 x.toml:2: has a key of more than 64 parts");
}

TEST_CASE("strings may have other scripts, and the file a byte order mark") {
  CHECK(parse("\xEF\xBB\xBFname = '\u00e9\u4e2d'\n").string("name")->text == "\u00e9\u4e2d");
  CHECK(parse("name = \"\"\"a\\\n  \u00e9\"\"\"\n").string("name")->text == "a\u00e9");
  CHECK(thrown([] { parse("\nn\u00e4me = 'a'\n"); }).starts_with("3 x.toml:2:2: is not valid TOML: "));
}

TEST_CASE("unknown keys are refused, the first of them with its line") {
  const auto table = parse("name = 'a'\nzeta = 1\nalpha = 2\n");
  CHECK_NOTHROW(table.allow_only({"name", "alpha", "zeta"}));
  CHECK(thrown([&] {
          table.allow_only({"name", "size"});
        }) == "3 x.toml:2: unknown key 'zeta'\nhint: the keys here are name, size");
}

TEST_CASE("values of another type are refused with what was expected") {
  const auto table = parse(
      "a = 1\nb = [\n'x',\n1.5]\nc = 'x'\nd = ''\ne = \"a\\u0000b\"\nf = [1]\ng = true\nh = 1979-05-27\n");
  CHECK(thrown([&] { table.string("a"); }) == "3 x.toml:1: a must be a string, not an integer");
  CHECK(thrown([&] { table.strings("b"); }) ==
        "3 x.toml:4: an item of b must be a string, not a number with a fraction");
  CHECK(thrown([&] { table.integer("c"); }) == "3 x.toml:5: c must be an integer, not a string");
  CHECK(thrown([&] { table.string("d"); }) == "3 x.toml:6: d is an empty string");
  CHECK(thrown([&] { table.string("e"); }) == "3 x.toml:7: e has a NUL character");
  CHECK(thrown([&] { table.tables("f"); }) ==
        "3 x.toml:8: f must be a list of tables, [[f]], not an integer");
  CHECK(thrown([&] { table.tables("g"); }) == "3 x.toml:9: g must be a list of tables, [[g]], not a boolean");
  CHECK(thrown([&] { table.strings("h"); }) ==
        "3 x.toml:10: h must be a list of strings, not a date or time");
  CHECK(thrown([&] { table.string_pairs("c"); }) == "3 x.toml:5: c must be a table of strings, not a string");
  CHECK(thrown([&] { table.required_string("i"); }) == "3 x.toml:1: the key i is missing");
  CHECK(thrown([&] { table.refuse("c", "is wrong", "write it right"); }) ==
        "3 x.toml:5: is wrong\nhint: write it right");
}
