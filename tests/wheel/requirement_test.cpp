#include "wheel/requirement.hpp"

#include <doctest/doctest.h>

using wheelfix::parse_requirement;

TEST_CASE("a requirement is a project, what versions of it, and when") {
  const auto full = parse_requirement(" Torch_Vision[opt, more] (>=0.16,<1) ; extra == 'x;y'");
  CHECK(full.project == "torch-vision");
  CHECK(full.specifiers == ">=0.16,<1");
  CHECK(full.marker == "extra == 'x;y'");
  const auto bare = parse_requirement("nvidia-cudnn-cu12==8.9.2.26");
  CHECK(bare.project == "nvidia-cudnn-cu12");
  CHECK(bare.specifiers == "==8.9.2.26");
  CHECK(bare.marker.empty());
  CHECK(parse_requirement("jinja2").specifiers.empty());
  CHECK(parse_requirement("jinja2;").marker.empty());
}

TEST_CASE("what is no requirement does no harm") {
  CHECK(parse_requirement("").project.empty());
  CHECK(parse_requirement("a[b").specifiers.empty());
  CHECK(parse_requirement("a (").specifiers == "(");
  CHECK(parse_requirement("a [").specifiers.empty());
  CHECK(parse_requirement(";x").marker == "x");
}
