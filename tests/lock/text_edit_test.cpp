#include "lock/text_edit.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;

TEST_CASE("edits are made from front to back, whatever their order") {
  CHECK(apply_edits("0123456789", {{8, 9, ""}, {2, 4, "abc"}, {0, 0, "<"}, {10, 10, ">"}}) == "<01abc45679>");
  CHECK(apply_edits("ab", {{1, 1, "x"}, {1, 1, "y"}}) == "axyb");
  CHECK(apply_edits("abc", {{1, 2, ""}, {1, 1, "x"}}) == "axc");
  CHECK(apply_edits("ab", {}) == "ab");
}

TEST_CASE("lines are counted from 1, and end as the first one does") {
  CHECK(line_at("a\nb\nc", 0) == 1);
  CHECK(line_at("a\nb\nc", 4) == 3);
  CHECK(line_end_of("a\r\nb\n") == "\r\n");
  CHECK(line_end_of("a\nb\r\n") == "\n");
  CHECK(line_end_of("a") == "\n");
}
