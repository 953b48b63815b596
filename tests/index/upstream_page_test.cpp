#include "index/upstream_page.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "wheel/thrown.hpp"

using namespace wheelfix;
using nlohmann::json;

namespace {

constexpr auto json_type = "application/vnd.pypi.simple.v1+json";
const std::string wheel_name = "demo-1.0-py3-none-any.whl";

UpstreamPage of_json(const json& files, const std::string& version = "1.1") {
  const json page = {{"meta", {{"api-version", version}}}, {"name", "demo"}, {"files", files}};
  return parse_upstream_page({"https://user:pw@a/simple/demo/", json_type, page.dump()}, "demo");
}

UpstreamPage of_html(const std::string& page, const std::string& url = "https://user:pw@a/simple/demo/") {
  return parse_upstream_page({url, "text/html; charset=utf-8", page}, "demo");
}

}  // namespace

TEST_CASE("JSON: all that a file has is kept, by an absolute URL without credentials") {
  const auto page = of_json({{{"filename", wheel_name},
                              {"url", "../../files/" + wheel_name},
                              {"hashes", {{"md5", "ab"}, {"sha256", "cd"}}},
                              {"requires-python", ">=3.8"},
                              {"core-metadata", {{"sha256", "ef"}}},
                              {"dist-info-metadata", false},
                              {"yanked", "broken"},
                              {"size", 7},
                              {"upload-time", "2023-10-04T17:03:05.123456Z"},
                              {"provenance", "https://a/x"}}});
  REQUIRE(page.files.size() == 1);
  CHECK(page.files[0] == PageFile{.file_name = wheel_name,
                                  .url = "https://a/files/" + wheel_name,
                                  .version = "1.0",
                                  .hashes = {{"sha256", "cd"}, {"md5", "ab"}},
                                  .requires_python = ">=3.8",
                                  .core_metadata = Hashes{{"sha256", "ef"}},
                                  .yanked = "broken",
                                  .size = 7,
                                  .upload_time = "2023-10-04T17:03:05.123456Z",
                                  .is_upstream = true});
  CHECK_FALSE(page.is_newer);
}

TEST_CASE("JSON: what is absent or of another type is left out") {
  const auto bare = of_json({{{"filename", wheel_name}, {"url", "https://b/" + wheel_name}}}).files.at(0);
  CHECK(bare == PageFile{.file_name = wheel_name,
                         .url = "https://b/" + wheel_name,
                         .version = "1.0",
                         .is_upstream = true});
  const auto odd = of_json({{{"filename", wheel_name},
                             {"url", "https://b/" + wheel_name},
                             {"hashes", {{"sha256", 1}, {"a\"b", "c"}, {"md5", "<"}}},
                             {"requires-python", "a\nb"},
                             {"core-metadata", false},
                             {"dist-info-metadata", true},
                             {"yanked", false},
                             {"size", -1},
                             {"upload-time", "<script>"}}});
  CHECK(odd.files.at(0) == bare);
  CHECK(of_json({{{"filename", wheel_name}, {"url", "u"}, {"yanked", true}}}).files.at(0).yanked == "");
  CHECK(of_json({{{"filename", wheel_name}, {"url", "u"}, {"dist-info-metadata", true}}})
            .files.at(0)
            .core_metadata == Hashes{});
}

TEST_CASE("HTML says the same in attributes and a fragment") {
  const auto page = of_html(
      "<meta name=\"pypi:repository-version\" content=\"1.0\"><a "
      "href=\"../../files/demo-1.0%2Bx-py3-none-any.whl"
      "#sha256=cd\" data-requires-python=\"&gt;=3.8\" data-core-metadata=\"sha256=ef\" "
      "data-yanked=\"\">x</a>");
  REQUIRE(page.files.size() == 1);
  CHECK(page.files[0] == PageFile{.file_name = "demo-1.0+x-py3-none-any.whl",
                                  .url = "https://a/files/demo-1.0%2Bx-py3-none-any.whl",
                                  .version = "1.0+x",
                                  .hashes = {{"sha256", "cd"}},
                                  .requires_python = ">=3.8",
                                  .core_metadata = Hashes{{"sha256", "ef"}},
                                  .yanked = "",
                                  .is_upstream = true});
  CHECK(of_html("<a href=demo-1.0.tar.gz data-dist-info-metadata=true>").files.at(0).core_metadata ==
        Hashes{});
  CHECK(of_html("<a href=demo-1.0.tar.gz data-core-metadata=false data-dist-info-metadata=true>")
            .files.at(0)
            .core_metadata == std::nullopt);
  CHECK(of_html("<base href=\"https://u:p@b/x/\"><a href=demo-1.0.tar.gz>").files.at(0).url ==
        "https://b/x/demo-1.0.tar.gz");
}

TEST_CASE("what no installer takes is left out") {
  const std::string sound = "<a href=demo-1.0.zip>";
  for (const auto* other : {"<a href=demo-1.0.egg>", "<a href=demo-1.0.exe>", "<a href=other-1.0.tar.gz>",
                            "<a href=demo-x.tar.gz>", "<a href=../>", "<a>", "<a href=demo-1.0-py3.whl>",
                            "<a href='javascript:demo-1.0.tar.gz'>", "<a href='file:///etc/demo-1.0.tar.gz'>",
                            "<a href='ftp://a/demo-1.0.tar.gz'>", "<a href='.demo-1.0.tar.gz'>",
                            "<a href='x%2Fdemo-1.0.tar.gz'>"}) {
    CAPTURE(std::string(other));
    CHECK(of_html(sound + other).files.size() == 1);
  }
  CHECK(of_html("<a href=demo-1.0.zip>", "file:///w/simple/demo/index.html").files.at(0).url ==
        "file:///w/simple/demo/demo-1.0.zip");
}

TEST_CASE("a page that isn't one of an index is refused, without credentials in the message") {
  const std::string hint = "\nhint: give the URL of a simple index, like https://pypi.org/simple";
  const auto thrown_by = [](const std::string& type, const std::string& bytes) {
    return thrown([&] { parse_upstream_page({"https://user:pw@a/demo/", type, bytes}, "demo"); });
  };
  const std::string url = "3 https://a/demo/:";
  CHECK(thrown_by("text/html", "<h1>Please log in</h1><a href=/login>") ==
        url + " isn't a page of an index: it has no files of demo" + hint);
  CHECK(thrown_by("image/png", "x") == url + " is image/png, not a page of an index" + hint);
  CHECK(thrown_by(json_type, "{}") == url + " isn't the JSON page of an index" + hint);
  CHECK(thrown_by(json_type, "[[[[") == url + " isn't the JSON page of an index" + hint);
  CHECK(thrown_by("application/json", "{\"meta\":{\"api-version\":\"1.0\"},\"files\":[{}]}") ==
        url + " isn't the JSON page of an index" + hint);
  CHECK(thrown_by("text/html", "\xff") == url + " isn't UTF-8 text" + hint);
  CHECK(of_html("<meta name='pypi:repository-version' content='1.0'>").files.empty());
}

TEST_CASE("a newer minor version is read, a newer major one is refused (PEP 629)") {
  CHECK(of_json(json::array(), "1.99").is_newer);
  CHECK_FALSE(of_json(json::array(), "1.4").is_newer);
  CHECK(of_html("<meta name='pypi:repository-version' content='1.10'>").is_newer);
  for (const auto* version : {"2.0", "", "x", "11.0"})
    CHECK_THROWS_AS(of_json(json::array(), version), Error);
  CHECK_THROWS_AS(of_html("<meta name='pypi:repository-version' content='2.0'>"), Error);
}
