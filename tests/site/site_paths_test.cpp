#include "site/site_paths.hpp"

#include <doctest/doctest.h>

#include <wheelfix/error.hpp>

#include "support/temp_folder.hpp"

using namespace wheelfix;
using test::TempFolder;

namespace fs = std::filesystem;

TEST_CASE("the outermost folder of a prefix's site-packages is the prefix") {
  CHECK(outermost_folder("/venv/lib/python3.11/site-packages") == "/venv");
  CHECK(outermost_folder("/venv/lib64/python3.13t/site-packages") == "/venv");
  CHECK(outermost_folder("/usr/lib/python3/dist-packages") == "/usr");
  CHECK(outermost_folder("/py/Lib/site-packages") == "/py");
  CHECK(outermost_folder("/bazel/site_packages/torch") == "/bazel/site_packages/torch");
}

TEST_CASE("files are changed in the environment alone, and not through folders that are links") {
  const TempFolder temporary;
  const auto root = fs::canonical(temporary.path());
  const auto site = root / "venv/lib/python3.11/site-packages";
  temporary.write("venv/lib/python3.11/site-packages/demo/a.py", "");
  temporary.write("venv/bin/demo", "");
  temporary.write("elsewhere/b.py", "");
  fs::create_directory_symlink(root / "elsewhere", site / "linked");
  fs::create_directory_symlink("demo", site / "inside");
  CHECK(file_inside(site, "demo/a.py") == site / "demo/a.py");
  CHECK(file_inside(site, "demo/new/deep/c.py") == site / "demo/new/deep/c.py");
  CHECK(file_inside(site, "../../../bin/demo") == root / "venv/bin/demo");
  using namespace std::string_literals;
  for (const auto& path : {"../../../../elsewhere/b.py"s, "../../../.."s, "/etc/passwd"s, "linked/b.py"s,
                           "linked/new/c.py"s, "inside/a.py"s, "demo/a.py/b"s, "demo/\0a"s, "demo/\xFF"s}) {
    CAPTURE(path);
    CHECK_THROWS_AS(file_inside(site, path), Error);
  }
}
