#include "index/url.hpp"

#include <doctest/doctest.h>

#include "base/url_quote.hpp"

using namespace wheelfix;

// The examples of RFC 3986, 5.4, but those whose path is odd.
TEST_CASE("a reference is resolved as RFC 3986 has it") {
  constexpr auto base = "http://a/b/c/d;p?q";
  const std::pair<const char*, const char*> examples[] = {
      {"g:h", "g:h"},
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q#s"},
      {"g#s", "http://a/b/c/g#s"},
      {"g?y#s", "http://a/b/c/g?y#s"},
      {";x", "http://a/b/c/;x"},
      {"g;x", "http://a/b/c/g;x"},
      {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},
      {"./", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../g", "http://a/g"},
      {"../../../g", "http://a/g"},
      {"../../../../g", "http://a/g"},
      {"/./g", "http://a/g"},
      {"/../g", "http://a/g"},
      {"g.", "http://a/b/c/g."},
      {"..g", "http://a/b/c/..g"},
      {"./../g", "http://a/b/g"},
      {"./g/.", "http://a/b/c/g/"},
      {"g/./h", "http://a/b/c/g/h"},
      {"g/../h", "http://a/b/c/h"},
      {"g;x=1/../y", "http://a/b/c/y"},
      {"g?y/./x", "http://a/b/c/g?y/./x"},
      {"g#s/../x", "http://a/b/c/g#s/../x"},
  };
  for (const auto& example : examples) {
    CAPTURE(std::string(example.first));
    CHECK(resolve_url(base, example.first) == example.second);
  }
  CHECK(resolve_url("https://a", "g") == "https://a/g");
  CHECK(resolve_url("file:///w/simple/demo/index.html", "demo-1.0%2Bx.whl") ==
        "file:///w/simple/demo/demo-1.0%2Bx.whl");
}

TEST_CASE("what may not be in a URL is quoted") {
  CHECK(resolve_url("http://a/", " a b\"<\xc3\xa4>.whl\n") == "http://a/a%20b%22%3C%C3%A4%3E.whl");
}

TEST_CASE("credentials are left out") {
  CHECK(without_credentials("https://user:pass@host:8/a@b?c@d#e@f") == "https://host:8/a@b?c@d#e@f");
  CHECK(without_credentials("https://user:p@ss@host/") == "https://host/");
  CHECK(without_credentials("https://host/a") == "https://host/a");
  CHECK(without_credentials("../a@b") == "../a@b");
}

TEST_CASE("a URL's parts are found") {
  CHECK(url_scheme("HTTPS://a") == "https");
  CHECK(url_scheme("a/b:c") == "");
  CHECK(url_scheme("1a:b") == "");
  CHECK(url_file_name("https://a/b/demo-1.0%2Bx.whl?c/d#e/f") == "demo-1.0+x.whl");
  CHECK(url_file_name("a%2fb") == "a/b");
  CHECK(url_file_name("https://a/b/") == "");
  CHECK(split_fragment("a?b#c=d") == std::pair<std::string, std::string>("a?b", "c=d"));
  CHECK(url_unquote("%41%4g%4") == "A%4g%4");
}
