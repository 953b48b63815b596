#include "serve/accept.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace wheelfix;

namespace {

constexpr auto as_json = PageType::json;
constexpr auto as_html = PageType::html;
constexpr auto as_simple_html = PageType::simple_html;

}  // namespace

TEST_CASE("clients get the type that they prefer") {
  // pip's and uv's headers, a browser's, and PEP 691's examples.
  CHECK(negotiate("application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, "
                  "text/html; q=0.01") == as_json);
  CHECK(negotiate("application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, "
                  "text/html;q=0.01") == as_json);
  CHECK(negotiate("text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8") == as_html);
  CHECK(negotiate("application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01") == as_simple_html);
  CHECK(negotiate("application/vnd.pypi.simple.latest+json") == as_json);
  CHECK(negotiate("application/vnd.pypi.simple.latest+html") == as_simple_html);
}

TEST_CASE("weights decide, then JSON before HTML") {
  CHECK(negotiate("text/html, application/vnd.pypi.simple.v1+json") == as_json);
  CHECK(negotiate("text/html, application/vnd.pypi.simple.v1+json;q=0.999") == as_html);
  CHECK(negotiate("text/html;q=0.5,application/vnd.pypi.simple.v1+json") == as_json);
  CHECK(negotiate("application/vnd.pypi.simple.v1+json;q=0, */*") == as_html);
  CHECK(negotiate("text/*;q=0.4, application/*;q=0.3") == as_html);
  CHECK(negotiate("application/*") == as_json);
  CHECK(negotiate("text/html;q=0, */*;q=0.1") == as_json);
}

TEST_CASE("who names nothing, or anything, gets HTML") {
  CHECK(negotiate(std::nullopt) == as_html);
  CHECK(negotiate("") == as_html);
  CHECK(negotiate("*/*") == as_html);
  CHECK(negotiate("TEXT/HTML") == as_html);
}

TEST_CASE("nothing is sent to who accepts none of the types") {
  CHECK(negotiate("application/json") == std::nullopt);
  CHECK(negotiate("application/vnd.pypi.simple.v2+json") == std::nullopt);
  CHECK(negotiate("*/*;q=0") == std::nullopt);
  CHECK(negotiate("text/html;q=0.0") == std::nullopt);
}

TEST_CASE("a range with a bad weight is as if it weren't there") {
  for (const auto* weight : {"2", "1.001", "0.1234", ".5", "-1", "0,5", "x", "", "1.0 0"}) {
    CAPTURE(weight);
    const auto header = std::string("text/html;q=0.2, application/vnd.pypi.simple.v1+json;q=") + weight;
    CHECK(negotiate(header) == as_html);
  }
}
