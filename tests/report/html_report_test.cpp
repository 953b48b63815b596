#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <wheelfix/error.hpp>
#include <wheelfix/html_report.hpp>

#include "report/page_parts.hpp"
#include "support/temp_folder.hpp"

using namespace wheelfix;
using test::TempFolder;

namespace {

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++count;
  return count;
}

/// A finding of a library that a module needs, in a cause of its own.
void add_failure(Examination& examination, const std::string& module, const std::string& name) {
  const auto number = examination.findings.size();
  const auto message = printable(name) + ": cannot open shared object file: No such file or directory";
  examination.findings.push_back({FindingCode::import_fails, Severity::error, "demo-1.0-py3-none-any.whl",
                                  module, message, "needed by " + printable(module) + "; reinstall it"});
  examination.causes.push_back({message, Severity::error, FindingKind::breaks, {number}});
  examination.load_paths.push_back(
      {number, {{LoadLink::start, module, "demo 1.0"}, {LoadLink::needs, name}}});
}

ExaminedPackage package(const std::string& name, std::size_t libraries, std::size_t needs) {
  ExaminedPackage package{.name = name, .version = "1.0", .wheel = "/env/lib/python3.11/site-packages"};
  for (std::size_t i = 0; i < libraries; ++i) {
    ExaminedLibrary library{
        .path = name + "/_module" + std::to_string(i) + ".cpython-311-x86_64-linux-gnu.so",
        .is_module = true,
        .is_loaded = true};
    for (std::size_t j = 0; j < needs; ++j) {
      const auto own = "lib" + name + std::to_string(j) + ".so.1";
      if (j % 2 == 0)
        library.needs.push_back({own, FoundBy::runpath, name + ".libs/" + own, 0});
      else
        library.needs.push_back({"libsystem" + std::to_string(j) + ".so.6", FoundBy::cache});
    }
    package.libraries.push_back(library);
  }
  return package;
}

constexpr std::size_t megabyte = 1 << 20;

}  // namespace

TEST_CASE("values of a part are escaped once, and aren't looked into for names of values") {
  const auto place = part("link", {{"id", "a\"b"}, {"text", "<b>{{id}}</b> & 'c'"}});
  CHECK(place.html == "<li><a href=\"#a&quot;b\">&lt;b&gt;{{id}}&lt;/b&gt; &amp; 'c'</a></li>\n");
  CHECK(part("link", {{"id", "a"}, {"text", Markup{"<i>1</i>"}}}).html ==
        "<li><a href=\"#a\"><i>1</i></a></li>\n");
}

TEST_CASE("names between backticks are code, and those with a space are commands") {
  CHECK(with_code("try `pip install a` or `b`, not `c").html ==
        "try <code class=\"command\">pip install a</code> or <code>b</code>, not `c");
  CHECK(with_code("`<x>`").html == "<code>&lt;x&gt;</code>");
}

TEST_CASE("the gravest cause is first in a page") {
  Examination examination;
  add_failure(examination, "demo/_a.so", "libfirst.so.1");
  add_failure(examination, "demo/_b.so", "libgravest.so.1");
  const auto page = html_report(examination);
  CHECK(page.find("</span> libgravest.so.1: ") < page.find("</span> libfirst.so.1: "));
  CHECK(count(page, "<article") == 2);
  CHECK(count(page, "<svg") == 2);
}

TEST_CASE("a page of nothing has its parts too") {
  const auto page = html_report({});
  CHECK(page.starts_with("<!DOCTYPE html>\n"));
  CHECK(page.ends_with("</html>\n"));
  CHECK(count(page, "{{") == 0);
  CHECK(count(page, "<section") == 1);
}

TEST_CASE("an environment with 400 distributions makes a page of at most 2 MB") {
  Examination examination;
  examination.environment = "env";
  for (int i = 0; i < 400; ++i) examination.packages.push_back(package("package" + std::to_string(i), 8, 6));
  const auto page = html_report(examination);
  CHECK(count(page, "<li class=\"library") == 3200);
  CHECK(page.size() < 2 * megabyte);
}

TEST_CASE("no input makes a page that a browser can't take") {
  Examination examination;
  const std::string name(100'000, 'x');
  for (int i = 0; i < 5'000; ++i)
    add_failure(examination, std::to_string(i) + name, "lib" + std::to_string(i) + name);
  for (auto& path : examination.load_paths)
    path.steps.insert(path.steps.begin() + 1, 3, {LoadLink::needs, "mid" + name, name});
  for (int i = 0; i < 2'000; ++i) examination.packages.push_back(package(name.substr(0, 3'000), 10, 3));
  const auto page = html_report(examination);
  CHECK(page.size() < 10 * megabyte);
  CHECK(count(page, "would make this page too long") == 2);
}

TEST_CASE("a chain of many libraries is drawn without its middle") {
  Examination examination;
  add_failure(examination, "demo/_a.so", "libgone.so.1");
  auto& steps = examination.load_paths.front().steps;
  for (int i = 0; i < 200; ++i)
    steps.insert(steps.end() - 1, {LoadLink::needs, "demo/lib" + std::to_string(i) + ".so", "demo 1.0"});
  const auto page = html_report(examination);
  CHECK(count(page, "<rect ") < 12);
  CHECK(count(page, ">_a.so</text>") == 1);
  CHECK(count(page, ">lib199.so</text>") == 1);
  CHECK(count(page, ">libgone.so.1</text>") == 1);
  CHECK(count(page, "more libraries</text>") == 1);
}

TEST_CASE("a symbol that isn't found is drawn as one, by its name in C++") {
  Examination examination;
  add_failure(examination, "demo/_a.so", "_ZN4base3addEid");
  examination.findings.front().code = FindingCode::undefined_symbol;
  examination.load_paths.front().steps.back().link = LoadLink::binds;
  const auto page = html_report(examination);
  CHECK(count(page, "<rect class=\"fails symbol\"") == 1);
  CHECK(count(page, ">base::add(int, double)</text>") == 1);
  CHECK(count(page, ">which is linked to</text>") == 1);
  CHECK(count(page, "How it fails: _a.so → base::add(int, double)") == 1);
}

TEST_CASE("a report's file is there whole or not at all, and only files are replaced") {
  const TempFolder folder;
  const auto file = folder.path() / "report.html";
  { const HtmlReportFile unused(file); }
  CHECK(std::filesystem::is_empty(folder.path()));
  HtmlReportFile(file).write({});
  std::ifstream written(file);
  CHECK(std::string(std::istreambuf_iterator<char>(written), {}) == html_report({}));
  HtmlReportFile(file).write({});
  CHECK_THROWS_AS(HtmlReportFile(folder.path()), Error);
  std::filesystem::create_symlink("report.html", folder.path() / "link");
  HtmlReportFile(folder.path() / "link").write({});
  CHECK(std::filesystem::is_symlink(folder.path() / "link"));
}
