#include "installed/find_distribution.hpp"

#include <doctest/doctest.h>

#include <wheelfix/error.hpp>

#include "support/temp_folder.hpp"

using namespace wheelfix;
using test::TempFolder;

namespace {

std::vector<std::string> paths_of(const Wheel& wheel) {
  std::vector<std::string> paths;
  for (const auto& entry : wheel.entries()) paths.push_back(entry.path);
  return paths;
}

}  // namespace

TEST_CASE("a distribution has the files of its RECORD that exist, and no compiled Python") {
  const TempFolder prefix;
  const auto site = prefix / "lib/site";
  prefix.write("lib/site/My_Demo-1.0.dist-info/METADATA",
               "Metadata-Version: 2.1\nName: My.Demo\nVersion: 1.0\n");
  prefix.write("lib/site/My_Demo-1.0.dist-info/RECORD",
               "demo/__init__.py,,\ndemo/gone.py,,\ndemo/__pycache__/a.pyc,,\n../../bin/demo,,\n"
               "My_Demo-1.0.dist-info/METADATA,,\n/etc/hostname,,\ndemo/../../../bin/demo,,\n"
               "demo/./others.py,,\ndemo//others.py,,\n../site/../../bin/demo,,\n");
  prefix.write("lib/site/demo/__init__.py", "");
  prefix.write("lib/site/demo/others.py", "");
  prefix.write("lib/site/demo/__pycache__/a.pyc", "");
  prefix.write("bin/demo", "");
  prefix.write("lib/site/~y_Demo-0.9.dist-info/RECORD", "x.py,,\n");
  const auto found = find_distribution(site, "my-demo", {});
  REQUIRE(found);
  CHECK(paths_of(*found) ==
        std::vector<std::string>{"demo/__init__.py", "../../bin/demo", "My_Demo-1.0.dist-info/METADATA"});
  CHECK(found->name().version_text() == "1.0");
  CHECK_FALSE(find_distribution(site, "demo", {}));
  CHECK_FALSE(find_distribution(prefix / "nowhere", "demo", {}));
}

TEST_CASE("a distribution without RECORD is refused") {
  const TempFolder site;
  site.write("demo-1.0.dist-info/METADATA", "Name: demo\n");
  CHECK_THROWS_AS(find_distribution(site.path(), "demo", {}), Error);
}
