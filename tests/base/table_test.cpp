#include "base/table.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;

TEST_CASE("a section's rows are its lines' words, without comments") {
  constexpr std::string_view table =
      "# Source: a test.\n"
      "[first]\n"
      "a  1 2   # why\n"
      "\n"
      "  # nothing\n"
      "[second] # of two\n"
      "b\n"
      "[first]\n"
      "c";
  CHECK(table_rows(table, "first") == std::vector<TableRow>{{"a", "1", "2"}, {"c"}});
  CHECK(table_rows(table, "second") == std::vector<TableRow>{{"b"}});
  CHECK(table_rows(table, "third").empty());
}
