#include "installed/path_files.hpp"

#include <doctest/doctest.h>

#include "support/temp_folder.hpp"

using namespace wheelfix;

namespace {

std::vector<std::string> folders_of(const test::TempFolder& site, const std::string& text) {
  site.write("x.pth", text);
  std::vector<std::string> folders;
  for (const auto& folder : read_path_files(site.path(), {"x.pth"}, {}).folders)
    folders.push_back(folder.lexically_relative(site.path()).string());
  return folders;
}

}  // namespace

TEST_CASE("lines of a .pth file are folders that exist, relative to its own") {
  const test::TempFolder site;
  site.write("one/a.py", "");
  site.write("two/a.py", "");
  using Folders = std::vector<std::string>;
  CHECK(folders_of(site, "one\n\n# two\ngone\n./two/\none\n") == Folders{"one", "two"});
  CHECK(folders_of(site, "import sys; sys.path.append('two')\nimport\ttwo\none\r\n") == Folders{"one"});
  CHECK(folders_of(site, "\xEF\xBB\xBFtwo") == Folders{"two"});
  CHECK(folders_of(site, (site / "two").string() + "\n") == Folders{"two"});
  CHECK(folders_of(site, "one/a.py\n").empty());
}

TEST_CASE("hidden .pth files aren't read, as by site.py") {
  const test::TempFolder site;
  site.write("one/a.py", "");
  site.write(".x.pth", "one\n");
  CHECK(read_path_files(site.path(), {".x.pth"}, {}).folders.empty());
}

TEST_CASE("the finder of an editable install names its packages and their folders") {
  const test::TempFolder site;
  const std::string name = "__editable___demo_1_0_finder.py";
  site.write(name,
             "import sys\nMAPPING: dict[str, str] = {'demo': '/src/demo', 'one': '/src/one.py', 'renamed': "
             "'/src/other', 'sub.mod': 'relative'}\nNAMESPACES: dict[str, list[str]] = {'ns': ['/x/ns']}\n");
  const auto found = read_path_files(site.path(), {name}, {});
  REQUIRE(found.packages.size() == 2);
  CHECK(found.packages[0].name == "demo");
  CHECK(found.packages[0].folder == "/src");
  CHECK(found.packages[1].name == "one");
  site.write(name, "import sys\nMAPPING = {'demo': '/src/demo\n");
  CHECK(read_path_files(site.path(), {name}, {}).packages.empty());
}
