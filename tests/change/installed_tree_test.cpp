#include "change/installed_tree.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <wheelfix/patch.hpp>

#include "support/wheel_builder.hpp"

using namespace wheelfix;
using test::TempFolder;
using test::WheelText;

namespace {

const WheelText text{.files = {{.name = "demo/__init__.py", .content = "one\n"},
                               {.name = "demo-1.0.data/purelib/pure.py", .content = "pure\n"},
                               {.name = "demo-1.0.data/scripts/run", .content = "#!python\nrun\n"},
                               {.name = "demo-1.0.data/data/share/x.txt", .content = "x\n"},
                               {.name = "demo-1.0.data/headers/demo.h", .content = "h\n"},
                               {.name = "demo-1.0.data/other/y", .content = "y\n"}}};

/// The wheel and what an installer makes of it.
struct Scene {
  TempFolder folder;
  Wheel wheel = Wheel::open(text.write(folder));
  std::vector<std::pair<std::string, std::string>> files = {
      {"demo/__init__.py", "one\n"},
      {"demo/__pycache__/__init__.cpython-311.pyc", "compiled"},
      {"pure.py", "pure\n"},
      {"../../../bin/run", "#!/somewhere/bin/python3\nrun\n"},
      {"../../../bin/demo", "an entry point\n"},
      {"../../../share/x.txt", "x\n"},
      {"../../../include/site/python3.11/demo/demo.h", "h\n"},
      {"demo-1.0.dist-info/METADATA", wheel.read("demo-1.0.dist-info/METADATA")},
      {"demo-1.0.dist-info/WHEEL", wheel.read("demo-1.0.dist-info/WHEEL")},
      {"demo-1.0.dist-info/INSTALLER", "pip\n"},
      {"demo-1.0.dist-info/REQUESTED", ""},
      {"demo-1.0.dist-info/wheelfix.json", "{}"},
      {"demo-1.0.dist-info/direct_url.json", "{}"}};

  std::string& content(const std::string& path) {
    return std::ranges::find(files, path, &std::pair<std::string, std::string>::first)->second;
  }
  std::string diff() const {
    const std::string site = "lib/python3.11/site-packages/";
    std::vector<WheelEntry> entries;
    std::vector<RecordRow> rows;
    for (const auto& [path, content] : files) {
      const auto name = std::filesystem::path(site + path).lexically_normal().string();
      folder.write(name, content);
      entries.push_back({.path = path, .size = content.size(), .mode = 0100644});
      rows.push_back({path, {}, {}, {}});
    }
    return diff_wheel_with_installed(wheel, Wheel::installed({.folder = folder / site,
                                                              .place = "/" + site,
                                                              .name = wheel.name(),
                                                              .dist_info = wheel.dist_info(),
                                                              .record = Record().with_rows(rows),
                                                              .files = entries}));
  }
};

}  // namespace

TEST_CASE("what installers make and change isn't a difference") {
  CHECK(Scene().diff().empty());
}

TEST_CASE("an interpreter with a long path is in three lines of a script") {
  Scene scene;
  scene.content("../../../bin/run") = "#!/bin/sh\n'''exec' \"/a b/python\" \"$0\" \"$@\"\n' '''\nrun\n";
  CHECK(scene.diff().empty());
}

TEST_CASE("what was edited is a difference, by its path in the wheel") {
  Scene scene;
  scene.content("demo/__init__.py") = "two\n";
  scene.content("pure.py") = "impure\n";
  scene.content("../../../bin/run") = "#!/somewhere/bin/python3\nwalk\n";
  scene.content("../../../share/x.txt") = "y\n";
  const auto diff = scene.diff();
  for (const auto* name : {"a/demo/__init__.py", "a/demo-1.0.data/purelib/pure.py",
                           "a/demo-1.0.data/scripts/run", "a/demo-1.0.data/data/share/x.txt"})
    CHECK(diff.find(std::string("--- ") + name) != std::string::npos);
  CHECK(diff.find("#!/somewhere") == std::string::npos);
}

TEST_CASE("a file that is gone is removed, and one that only RECORD has is added") {
  Scene scene;
  std::erase_if(scene.files, [](const auto& file) { return file.first == "demo/__init__.py"; });
  scene.files.emplace_back("demo/new.py", "new\n");
  const auto diff = scene.diff();
  CHECK(diff.find("--- a/demo/__init__.py\n+++ /dev/null") != std::string::npos);
  CHECK(diff.find("--- /dev/null\n+++ b/demo/new.py") != std::string::npos);
}
