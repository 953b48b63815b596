#include "toml/toml_places.hpp"

#include <doctest/doctest.h>

#include "toml/toml_table.hpp"

using namespace wheelfix;

namespace {

TomlPlace places(std::string_view text) {
  TomlTable::parse(text, "x.toml");
  return toml_places(text);
}

std::string_view part(std::string_view text, const TomlPlace& place) {
  return text.substr(place.begin, place.end - place.begin);
}

}  // namespace

TEST_CASE("values are found where they are written") {
  constexpr std::string_view text =
      "\xef\xbb\xbf# \u00e9 = 1\nname = \"\u00e9\"  # why\r\nsize = 12 # x\nlist = [ 'a', # ]\n  { b = 1, "
      "c.d = \"}\" },\n] # y\nday = 1979-05-27 07:32:00\n";
  const auto root = places(text);
  CHECK(root.entries.size() == 4);
  CHECK(part(text, root.find("name")->value) == "\"\u00e9\"");
  CHECK(text.substr(root.find("name")->begin).starts_with("name"));
  CHECK(part(text, root.find("size")->value) == "12");
  CHECK(part(text, root.find("day")->value) == "1979-05-27 07:32:00");
  const auto& list = root.find("list")->value;
  CHECK(part(text, list) == "[ 'a', # ]\n  { b = 1, c.d = \"}\" },\n]");
  REQUIRE(list.items.size() == 2);
  CHECK(part(text, list.items[1]) == "{ b = 1, c.d = \"}\" }");
  CHECK(list.items[1].find("c")->value.string("d") == "}");
  CHECK(root.find("other") == nullptr);
  CHECK(root.string("size").empty());
}

TEST_CASE("strings mean what TOML says") {
  const auto root = places(
      "a = \"x\\t\\\"\\u00e9\\U0001F600\\\\\"\nb = 'x\\t'\nc = \"\"\"\nx\\\n   y\"\"\"\"\"\nd = "
      "'''\r\nx'y'''\n\"e f\".'g' = ''\n");
  CHECK(root.string("a") == "x\t\"\u00e9\U0001F600\\");
  CHECK(root.string("b") == "x\\t");
  CHECK(root.string("c") == "xy\"\"");
  CHECK(root.string("d") == "x'y");
  CHECK(places("a = \"\"\"x\r\ny\"\"\"\r\n").string("a") == "x\ny");
  CHECK(root.find("e f")->value.find("g")->value.kind == TomlPlace::Kind::string);
}

TEST_CASE("tables begin at their headers and end after their own keys") {
  constexpr std::string_view text =
      "a = 1\n\n[[p]]\nx = 1 # one\n\n[p.sub]\ny = [\n  2\n]\n# of the next\n[[p]]\n[[p.q]]\nz = "
      "3\n[[p.q]]\n[t]\nend = 1";
  const auto root = places(text);
  const auto& p = root.find("p")->value;
  CHECK(p.has_header);
  REQUIRE(p.items.size() == 2);
  CHECK(part(text, p.items[0]) == "[[p]]\nx = 1 # one\n");
  CHECK(part(text, p.items[0].find("sub")->value) == "[p.sub]\ny = [\n  2\n]\n");
  CHECK(part(text, p.items[1]) == "[[p]]\n");
  CHECK(p.items[1].find("q")->value.items.size() == 2);
  CHECK(part(text, root.find("t")->value) == "[t]\nend = 1");
  CHECK(places("").entries.empty());
}
