#include "installed/conda_files.hpp"

#include <doctest/doctest.h>

#include "support/temp_folder.hpp"

using namespace wheelfix;

TEST_CASE("a file of conda-meta has name, version and files at its top") {
  const auto package = parse_conda_package(
      R"({"name": "pytorch", "files": ["lib/a.so", "bin/b"], "paths_data": {"name": "no", "files": ["c"]},
          "depends": ["python", "files"], "version": "2.9.0", "size": 1.5, "noarch": null})");
  REQUIRE(package);
  CHECK(package->name == "pytorch");
  CHECK(package->version == "2.9.0");
  CHECK(package->files == std::vector<std::string>{"lib/a.so", "bin/b"});
}

TEST_CASE("what isn't such an object is nothing") {
  for (const auto* text :
       {"", "[]", "[\"name\"]", "{\"version\": \"1\"}", "{\"name\": \"a\"", "\"name\"", "{\"name\": 1}"})
    CHECK_FALSE(parse_conda_package(text));
  CHECK_FALSE(parse_conda_package("{\"name\": \"a\", \"x\": " + std::string(100'000, '[')));
}

TEST_CASE("the packages of a prefix that have files in a folder") {
  const test::TempFolder prefix;
  prefix.write(
      "conda-meta/demo-1.0-0.json",
      R"({"name": "demo", "version": "1.0", "files": ["lib/python3.13/site-packages/demo/a.py", "bin/x"]})");
  prefix.write("conda-meta/zlib-1.3-0.json",
               R"({"name": "zlib", "version": "1.3", "files": ["lib/libz.so"]})");
  prefix.write("conda-meta/history", "==>");
  prefix.write("conda-meta/broken.json", "{");
  const CondaFiles files(prefix / "lib/python3.13/site-packages", {});
  REQUIRE(files.packages().size() == 1);
  CHECK(files.packages()[0].files == std::vector<std::string>{"demo/a.py"});
  CHECK(CondaFiles("/nowhere/lib", {}).packages().empty());
}
