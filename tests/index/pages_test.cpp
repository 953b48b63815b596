#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/html_text.hpp"
#include "base/url_quote.hpp"
#include "index/page_text.hpp"
#include "index/project.hpp"

using namespace wheelfix;
using nlohmann::json;

namespace {

Package package(const std::string& name, const std::string& version) {
  return {name,
          "torch",
          version,
          {670'000'000, 1'696'438'985'000'000'000, 1},
          std::string(64, 'a'),
          std::string(64, 'b'),
          ">=3.8,<4"};
}

const PageStyle beside{"Simple <index>", "", "", "symlink"};

bool holds(const std::string& page, const std::string& text) {
  return page.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("texts are escaped, names are quoted, times are UTC") {
  CHECK(html_escape("a<b>&\"c'") == "a&lt;b&gt;&amp;&quot;c'");
  CHECK(url_quote("torch-2.1.0+stripe.5~_!# \xc3\xa4%") == "torch-2.1.0%2Bstripe.5~_%21%23%20%C3%A4%25");
  CHECK(utc_time(0) == "1970-01-01T00:00:00Z");
  CHECK(utc_time(-1) == "1969-12-31T23:59:59.999999Z");
  CHECK(utc_time(1'696'438'985'123'456'789) == "2023-10-04T17:03:05.123456Z");
  CHECK(size_text(999) == "999 B");
  CHECK(size_text(670'000'000) == "670 MB");
}

TEST_CASE("the newest version is first, equal ones by name") {
  const std::vector<Package> files = {package("torch-2.10.0.tar.gz", "2.10.0"),
                                      package("torch-2.9.tar.gz", "2.9"),
                                      package("b.whl", "2.10.0rc1"),
                                      package("a.whl", "2.10.0"),
                                      package("c.whl", "2.10"),
                                      package("torch-2.1.0+stripe.5.tar.gz", "2.10.0+stripe.5")};
  std::vector<const Package*> pointers;
  for (const auto& file : files) pointers.push_back(&file);
  const auto project = make_project("torch", pointers, beside);
  std::vector<std::string> names;
  for (const auto& file : project.files) names.push_back(file.file_name);
  CHECK(names == std::vector<std::string>{"torch-2.1.0+stripe.5.tar.gz", "a.whl", "c.whl",
                                          "torch-2.10.0.tar.gz", "b.whl", "torch-2.9.tar.gz"});
  CHECK(project.versions() ==
        std::vector<std::string>{"2.10.0+stripe.5", "2.10.0", "2.10", "2.10.0rc1", "2.9"});
}

TEST_CASE("a project's page has one anchor a file, with all that installers ask for") {
  const auto file = package("torch-2.1.0+stripe.5-cp311-cp311-manylinux1_x86_64.whl", "2.1.0+stripe.5");
  const auto page = html_page(make_project("torch", {&file}, beside), beside);
  CHECK(page.starts_with("<!DOCTYPE html>\n"));
  CHECK(holds(page,
              "<a href=\"torch-2.1.0%2Bstripe.5-cp311-cp311-manylinux1_x86_64.whl#sha256=" + file.sha256 +
                  "\" data-requires-python=\"&gt;=3.8,&lt;4\" data-core-metadata=\"sha256=" +
                  file.metadata_sha256 + "\">torch-2.1.0+stripe.5-cp311-cp311-manylinux1_x86_64.whl</a>"));
  CHECK(holds(page, "<title>torch - Simple &lt;index&gt;</title>"));
  CHECK(holds(page, "<meta name=\"pypi:repository-version\" content=\"1.1\">"));
  CHECK(holds(page, "670 MB"));
  CHECK(holds(page, "<code>pip install --index-url INDEX_URL torch==2.1.0+stripe.5</code>"));
  CHECK(holds(page, "<small>sha256:" + file.sha256 + "</small>"));
  CHECK(page.find("<a ") == page.rfind("<a "));  // rules_python searches for that text
  CHECK(holds(page, "<time datetime=\"2023-10-04T17:03:05Z\">2023-10-04</time>"));
  CHECK(is_our_page(page));
}

TEST_CASE(
    "times on pages are whole seconds, for HTML takes three digits of a fraction at most; JSON's are full") {
  auto file = package("torch-2.1.0.whl", "2.1.0");
  file.stamp.mtime_ns = -1;
  const auto project = make_project("torch", {&file}, beside);
  CHECK(holds(html_page(project, beside), "<time datetime=\"1969-12-31T23:59:59Z\">1969-12-31</time>"));
  CHECK(json::parse(json_page(project, beside))["files"][0]["upload-time"] == "1969-12-31T23:59:59.999999Z");
}

TEST_CASE("with a base URL anchors lead there, and core metadata isn't promised") {
  const auto file = package("torch-2.1.0+x.whl", "2.1.0+x");
  const PageStyle elsewhere{"T", "https://files.example.com/w/", "", "none"};
  const auto page = html_page(make_project("torch", {&file}, elsewhere), elsewhere);
  CHECK(holds(page, "href=\"https://files.example.com/w/torch-2.1.0%2Bx.whl#sha256="));
  CHECK_FALSE(holds(page, "data-core-metadata"));
  const auto data = json::parse(json_page(make_project("torch", {&file}, elsewhere), elsewhere));
  CHECK(data["files"][0]["url"] == "https://files.example.com/w/torch-2.1.0%2Bx.whl");
  CHECK_FALSE(data["files"][0].contains("core-metadata"));
}

TEST_CASE("upstream's files are under a heading, with what is known of them") {
  const auto file = package("torch-2.1.0+x.whl", "2.1.0+x");
  const PageStyle merged{"T", "", "https://pypi.example/simple", "symlink"};
  const PageFile bare{
      .file_name = "torch-2.2.0.tar.gz", .url = "https://f/t?a&b", .version = "2.2.0", .is_upstream = true};
  auto full = bare;
  full.file_name = "torch-2.1.0.tar.gz";
  full.version = "2.1.0";
  full.hashes = {{"md5", "ab"}};
  full.core_metadata = Hashes{};
  full.yanked = "a<b";
  const auto project = make_project("torch", {&file}, merged, {full, bare});
  const auto page = html_page(project, merged);
  CHECK(holds(page, "<p>3 versions, 3 files, 2 of them from https://pypi.example/simple</p>"));
  CHECK(holds(page, "<a href=\"https://f/t?a&amp;b\">torch-2.2.0.tar.gz</a>"));
  CHECK(holds(page,
              "<a href=\"https://f/t?a&amp;b#md5=ab\" data-core-metadata=\"true\" data-yanked=\"a&lt;b\">"));
  CHECK(holds(page, "2.1.0 (yanked)"));
  CHECK(page.find("torch-2.1.0+x.whl") < page.find("From https://pypi.example/simple</th>"));
  const auto data = json::parse(json_page(project, merged));
  CHECK(data["meta"]["api-version"] == "1.0");  // PEP 700: 1.1 needs each file's size
  CHECK(data["files"][1] == json{{"filename", "torch-2.2.0.tar.gz"},
                                 {"url", "https://f/t?a&b"},
                                 {"hashes", json::object()},
                                 {"yanked", false},
                                 {"_upstream", true}});
  CHECK(data["files"][2]["core-metadata"] == true);
  CHECK(data["files"][2]["yanked"] == "a<b");
  CHECK(holds(html_page(make_project("torch", {}, merged, {bare}), merged), "INDEX_URL torch</code>"));
}

TEST_CASE("the version of an epoch is quoted in the line for pip") {
  const auto file = package("torch-1!2.0.whl", "1!2.0");
  CHECK(holds(html_page(make_project("torch", {&file}, beside), beside), "INDEX_URL 'torch==1!2.0'</code>"));
}

TEST_CASE("JSON says the same") {
  const auto wheel = package("torch-2.1.0+x.whl", "2.1.0+x");
  auto sdist = package("torch-2.1.0.tar.gz", "2.1.0");
  sdist.metadata_sha256 = sdist.requires_python = "";
  const auto page = json_page(make_project("torch", {&wheel, &sdist}, beside), beside);
  const auto data = json::parse(page);
  CHECK(data["meta"]["api-version"] == "1.1");
  CHECK(data["name"] == "torch");
  CHECK(data["versions"] == json{"2.1.0+x", "2.1.0"});
  CHECK(data["files"][0] == json{{"filename", "torch-2.1.0+x.whl"},
                                 {"url", "torch-2.1.0%2Bx.whl"},
                                 {"hashes", {{"sha256", wheel.sha256}}},
                                 {"requires-python", ">=3.8,<4"},
                                 {"core-metadata", {{"sha256", wheel.metadata_sha256}}},
                                 {"size", 670'000'000},
                                 {"upload-time", "2023-10-04T17:03:05Z"},
                                 {"yanked", false}});
  CHECK_FALSE(data["files"][1].contains("requires-python"));
  CHECK_FALSE(data["files"][1].contains("core-metadata"));
  CHECK(is_our_page(page));
  const auto listed = read_json_page(page);
  CHECK(listed.links == "symlink");
  REQUIRE(listed.files.size() == 2);
  CHECK(listed.files[0].file_name == "torch-2.1.0+x.whl");
  CHECK(listed.files[0].has_metadata);
  CHECK_FALSE(listed.files[1].has_metadata);
}

TEST_CASE("the list names each project once, with counts") {
  const auto file = package("torch-2.1.0.whl", "2.1.0");
  const std::vector<Project> projects = {make_project("torch", {&file}, beside)};
  CHECK(holds(html_list(projects, beside),
              "<a href=\"torch/\">torch</a></td><td>2.1.0</td><td class=\"n\">1</td>"));
  CHECK(holds(html_list(projects, beside), "<p>1 project, 1 file, 670 MB</p>"));
  CHECK(json::parse(json_list(projects))["projects"] == json::array({{{"name", "torch"}}}));
  CHECK(json::parse(json_list({}))["projects"] == json::array());
}

TEST_CASE("a page of others tells nothing, and one that was edited can't lead out of its folder") {
  CHECK(read_json_page("").files.empty());
  CHECK(read_json_page("{}").files.empty());
  CHECK(read_json_page(R"({"meta":{"_generator":"other","_links":"none"},"files":[]})").links.empty());
  const auto edited = read_json_page(
      R"({"meta":{"_generator":"wheelfix-index","_links":"copy"},"files":[{"filename":"../a","hashes":{"sha256":"x"}},{"filename":"b","hashes":{"sha256":"x"}}]})");
  REQUIRE(edited.files.size() == 1);
  CHECK(edited.files[0].file_name == "b");
  CHECK_FALSE(is_our_page("<html>wheelfix-index</html>"));
}
