#include "serve/request_path.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;
using Names = std::vector<std::string>;

namespace {

Names names(std::string_view path) {
  const auto parsed = parse_request_path(path);
  return parsed ? parsed->names : Names{"(refused)"};
}

}  // namespace

TEST_CASE("a path has names, unquoted, and perhaps a slash at its end") {
  CHECK(names("/") == Names{});
  CHECK(names("/simple") == Names{"simple"});
  CHECK(names("/simple/demo/") == Names{"simple", "demo"});
  CHECK(names("/simple/demo/demo-1.0%2Bx.1-py3-none-any.whl") ==
        Names{"simple", "demo", "demo-1.0+x.1-py3-none-any.whl"});
  CHECK(names("/simple/demo/demo-1.0+x.1-py3-none-any.whl") ==
        Names{"simple", "demo", "demo-1.0+x.1-py3-none-any.whl"});
  CHECK(names("/%73%49mple") == Names{"sImple"});
  CHECK(parse_request_path("/simple/demo/")->has_slash);
  CHECK_FALSE(parse_request_path("/simple/demo")->has_slash);
}

TEST_CASE("a path that leads elsewhere is refused, quoted or not") {
  for (const auto* path : {"",
                           "simple",
                           "http://127.0.0.1/simple/",
                           "*",
                           "//",
                           "//simple",
                           "/simple//",
                           "/simple//demo",
                           "/..",
                           "/simple/../x",
                           "/simple/..",
                           "/simple/%2e%2e/x",
                           "/simple/.%2E/x",
                           "/%2e/x",
                           "/.x",
                           "/simple/.wheelfix-index.cache",
                           "/a%2fb",
                           "/a%2F..%2Fb",
                           "/a%00",
                           "/a%00.whl",
                           "/a%0ab",
                           "/a%7f",
                           "/%",
                           "/%2",
                           "/%2g",
                           "/%zz",
                           "/a%"}) {
    CAPTURE(std::string(path));
    CHECK(names(path) == Names{"(refused)"});
  }
}
