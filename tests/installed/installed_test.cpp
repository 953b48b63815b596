#include "installed/installed.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <map>
#include <wheelfix/error.hpp>

#include "support/temp_folder.hpp"

using namespace wheelfix;
using test::TempFolder;

namespace {

using Paths = std::vector<std::string>;

/// By `NAME VERSION` the paths of the files.
std::map<std::string, Paths> distributions(const std::vector<SysPathFolder>& folders) {
  std::map<std::string, Paths> found;
  for (const auto& wheel : find_installed(folders, "/", {}).distributions) {
    Paths paths;
    for (const auto& entry : wheel.entries()) paths.push_back(entry.path);
    found[wheel.name().distribution() + " " + wheel.name().version_text()] = paths;
  }
  return found;
}

std::map<std::string, Paths> distributions(const TempFolder& site) {
  return distributions({{site.path(), true}});
}

void add_information(const TempFolder& site, const std::string& name, const std::string& version,
                     const std::string& rows) {
  const auto folder = name + "-" + version + ".dist-info/";
  site.write(folder + "METADATA", "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n");
  if (!rows.empty()) site.write(folder + "RECORD", rows);
}

}  // namespace

TEST_CASE("a distribution has the files of its RECORD that exist, and those next to them") {
  const TempFolder prefix;
  const TempFolder& site = prefix;
  add_information(site, "demo", "1.0", "demo/__init__.py,,\ndemo/gone.py,,\ndemo-1.0.dist-info/RECORD,,\n");
  site.write("demo/__init__.py", "");
  site.write("demo/lib/added.so", "x");
  site.write("demo/__pycache__/a.cpython-311.pyc", "x");
  site.write("~emo/__init__.py", "");
  CHECK(distributions(site) ==
        std::map<std::string, Paths>{{"demo 1.0", {"demo/__init__.py", "demo/lib/added.so"}}});
}

TEST_CASE("packages of one namespace stay with their distributions") {
  const TempFolder site;
  add_information(site, "a", "1", "ns/a/x.py,,\n");
  add_information(site, "b", "2", "ns/b/y.py,,\n");
  site.write("ns/a/x.py", "");
  site.write("ns/b/y.py", "");
  site.write("ns/b/deep/z.so", "");
  CHECK(distributions(site) ==
        std::map<std::string, Paths>{{"a 1", {"ns/a/x.py"}}, {"b 2", {"ns/b/deep/z.so", "ns/b/y.py"}}});
}

TEST_CASE("files of the prefix that RECORD lists belong to it") {
  const TempFolder prefix;
  prefix.write("lib/libx.so", "x");
  prefix.write("lib/python3.11/site-packages/x-1.dist-info/RECORD", "../../libx.so,,\n../../gone.so,,\n");
  CHECK(distributions({{prefix / "lib/python3.11/site-packages", true}}) ==
        std::map<std::string, Paths>{{"x 1", {"../../libx.so"}}});
}

TEST_CASE("without RECORD top_level.txt or the name tells what belongs to a distribution") {
  const TempFolder site;
  site.write("Other_Name.egg-info/PKG-INFO", "Metadata-Version: 1.0\nName: Other-Name\nVersion: 3\n");
  site.write("Other_Name.egg-info/top_level.txt", "first\nsecond\n");
  site.write("one-1.0-py3.11.egg-info", "Metadata-Version: 1.0\nName: one\nVersion: 1.0\n");
  for (const auto* path : {"first/a.py", "second.py", "one/b.py"}) site.write(path, "");
  CHECK(distributions(site) == std::map<std::string, Paths>{{"Other_Name 3", {"first/a.py", "second.py"}},
                                                            {"one 1.0", {"one/b.py"}}});
}

TEST_CASE("what nothing lists is a distribution for each name, with the version in its code") {
  const TempFolder site;
  site.write("torch/version.py", "from typing import Optional\n__version__ = '2.9.0+cu128'\n");
  site.write("torch/lib/libc10.so", "x");
  site.write("six.py", "__version__ = \"1.16\"\n");
  CHECK(distributions(site) ==
        std::map<std::string, Paths>{{"six 0", {"six.py"}},
                                     {"torch 2.9.0+cu128", {"torch/lib/libc10.so", "torch/version.py"}}});
}

TEST_CASE("conda's list names what has no .dist-info, and what it lacks") {
  const TempFolder prefix;
  prefix.write("conda-meta/pytorch-2.9.0-0.json",
               R"({"name": "pytorch", "version": "2.9.0", "files": ["lib/python3.13/site-packages/torch/a.py",
                   "lib/python3.13/site-packages/torch/lib/gone.so"]})");
  prefix.write("lib/python3.13/site-packages/torch/a.py", "");
  prefix.write("lib/python3.13/site-packages/torch/_unlisted.so", "");
  const auto found = find_installed({{prefix / "lib/python3.13/site-packages", true}}, "/", {}).distributions;
  REQUIRE(found.size() == 1);
  CHECK(found[0].name().distribution() == "pytorch");
  CHECK(found[0].find("torch/_unlisted.so"));
  CHECK(found[0].record().find("torch/lib/gone.so") != nullptr);
  CHECK_FALSE(found[0].find("torch/lib/gone.so"));
}

TEST_CASE("the first folder that has a package or module hides it in others, but not a namespace") {
  const TempFolder first, second;
  first.write("demo/__init__.py", "");
  first.write("ns/a.py", "");
  second.write("demo/other.so", "");
  second.write("demo.py", "");
  second.write("ns/b.py", "");
  CHECK(distributions({{first.path(), false}, {second.path(), true}}) ==
        std::map<std::string, Paths>{{"demo 0", {"demo/__init__.py"}}, {"ns 0", {"ns/b.py"}}});
}

TEST_CASE("RECORD of a copy that an earlier folder hides says nothing of what is missing") {
  const TempFolder first, second;
  for (const auto* site : {&first, &second}) {
    add_information(*site, "demo", "1.0", "demo/__init__.py,,\ndemo/lib/x.so,,\nmore/y.so,,\n");
    site->write("demo/__init__.py", "");
  }
  const auto found = find_installed({{first.path(), false}, {second.path(), true}}, "/", {}).distributions;
  REQUIRE(found.size() == 2);
  CHECK(found[0].record().find("demo/lib/x.so") != nullptr);
  CHECK(found[1].record().find("demo/lib/x.so") == nullptr);
  CHECK(found[1].record().find("more/y.so") != nullptr);
}

TEST_CASE(".pth files and editable finders lead elsewhere, and a folder is read once") {
  const TempFolder site, project;
  site.write("demo.pth", (project / "src").string() + "\n" + site.path().string() + "\n");
  site.write("__editable___other_finder.py",
             "\nMAPPING = {'other': '" + (project / "lib/other").string() + "'}\n");
  project.write("src/demo/__init__.py", "");
  project.write("src/.venv/lib/x.py", "");
  project.write("lib/other/__init__.py", "");
  project.write("lib/unrelated/__init__.py", "");
  const auto found = distributions({{site.path(), true}, {site.path(), true}});
  CHECK(found.at("demo 0") == Paths{"demo/__init__.py"});
  CHECK(found.at("other 0") == Paths{"other/__init__.py"});
  CHECK_FALSE(found.contains("unrelated 0"));
  CHECK_FALSE(distributions({{site.path(), false}}).contains("demo 0"));
}

TEST_CASE("symlinks are followed, also to a folder that they are in") {
  const TempFolder site, store;
  store.write("torch/__init__.py", "");
  std::filesystem::create_directory_symlink(store / "torch", site / "torch");
  std::filesystem::create_directory_symlink(site.path(), site / "self");
  std::filesystem::create_symlink("nowhere", site / "dangling.so");
  const auto found = distributions(site);
  CHECK(found.at("torch 0") == Paths{"torch/__init__.py"});
}

TEST_CASE("a folder that can't be read is a finding, and too many files an error") {
  const TempFolder site;
  site.write("a.py", "");
  site.write("b.py", "");
  Limits limits;
  limits.max_entries = 1;
  CHECK_THROWS_AS(find_installed({{site.path(), true}}, "/", limits), Error);
  std::filesystem::create_directory(site / "closed");
  std::filesystem::permissions(site / "closed", std::filesystem::perms::none);
  const auto found = find_installed({{site.path(), true}}, "/", {});
  if (::geteuid() != 0) CHECK(found.findings.size() == 1);
  std::filesystem::permissions(site / "closed", std::filesystem::perms::owner_all);
}
