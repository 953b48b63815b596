#include <doctest/doctest.h>

#include <wheelfix/diff.hpp>
TEST_CASE("equal pairs give nothing") { CHECK(wheelfix::make_diff({{"x", {{"a\n"}}, {{"a\n"}}}}).empty()); }
