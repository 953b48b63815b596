#include <wheelfix/site.hpp>

#include <doctest/doctest.h>

#include <wheelfix/error.hpp>

#include "base/hash.hpp"
#include "support/temp_folder.hpp"

using namespace wheelfix;
using test::slurp;
using test::TempFolder;

namespace fs = std::filesystem;

namespace {

/// A folder with the package `demo 1.0`.
struct Scene {
  TempFolder temporary;
  fs::path site = fs::canonical(temporary.path());

  Scene() {
    temporary.write("demo/__init__.py", "one\n");
    temporary.write("demo/data", "data\n");
    temporary.write("demo/__pycache__/__init__.cpython-311.pyc", "compiled");
    temporary.write("demo/__pycache__/other.cpython-311.pyc", "compiled");
    temporary.write("demo-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n");
    temporary.write(
        "demo-1.0.dist-info/RECORD",
        "demo/__init__.py," + record_hash("one\n") + ",4\r\n\"demo/data\"," + record_hash("data\n") +
            ",5\r\ndemo/__pycache__/__init__.cpython-311.pyc,,\r\ndemo-1.0.dist-info/METADATA,,\r\n"
            "demo-1.0.dist-info/RECORD,,\r\n");
  }

  std::string read(const std::string& path) const { return slurp(site / path); }
};

}  // namespace

TEST_CASE("an edit of an installed package changes its files and their rows in RECORD, and nothing else") {
  Scene scene;
  {
    auto site = Site::open({scene.site});
    WheelEdit edit(site.distribution("Demo"));
    edit.set_content("demo/__init__.py", "two two\n");
    edit.set_content("demo/added.py", "x\n");
    const auto results = site.commit({&edit});
    REQUIRE(results.size() == 1);
    CHECK(results[0].changed == std::vector<Change>{{"demo/__init__.py", How::patched},
                                                    {"demo/added.py", How::added},
                                                    {"demo-1.0.dist-info/RECORD", How::record}});
  }
  CHECK(scene.read("demo/__init__.py") == "two two\n");
  const auto kept_row = [&](const std::string& path) {
    const auto content = scene.read(path);
    return path + "," + record_hash(content) + "," + std::to_string(content.size()) + "\r\n";
  };
  CHECK(scene.read("demo-1.0.dist-info/RECORD") ==
        "demo/__init__.py," + record_hash("two two\n") + ",8\r\n\"demo/data\"," + record_hash("data\n") +
            ",5\r\ndemo-1.0.dist-info/METADATA,,\r\n" + kept_row("demo-1.0.dist-info/wheelfix.json") +
            kept_row("demo-1.0.dist-info/wheelfix/0") + kept_row("demo-1.0.dist-info/wheelfix/1") +
            kept_row("demo-1.0.dist-info/wheelfix/2") + kept_row("demo/added.py") +
            "demo-1.0.dist-info/RECORD,,\r\n");
  CHECK(!fs::exists(scene.site / "demo/__pycache__/__init__.cpython-311.pyc"));
  CHECK(fs::exists(scene.site / "demo/__pycache__/other.cpython-311.pyc"));
  CHECK(!fs::exists(scene.site / ".wheelfix"));
}

TEST_CASE("what was changed is listed, and undone, also for a package without metadata") {
  for (const bool has_metadata : {true, false}) {
    Scene scene;
    if (!has_metadata) fs::remove_all(scene.site / "demo-1.0.dist-info");
    const auto folder = has_metadata ? "demo-1.0.dist-info" : "demo.wheelfix";
    {
      auto site = Site::open({scene.site});
      WheelEdit edit(site.distribution("demo"));
      edit.set_content("demo/__init__.py", "two\n");
      edit.remove("demo/data");
      edit.set_content("demo/sub/added", "x\n");
      site.commit({&edit}, {.run = {.version = "1", .command = "test", .sources = {{"a", "b"}}}});
    }
    CHECK(fs::exists(scene.site / folder / "wheelfix.json"));
    auto site = Site::open({scene.site});
    const auto patched = site.patched();
    REQUIRE(patched.size() == 1);
    CHECK(patched[0].applied.runs.at(0).command == "test");
    CHECK(patched[0].differing.empty());
    scene.temporary.write("demo/sub/added", "mine\n");
    CHECK(site.patched().at(0).differing.at(0).path == "demo/sub/added");
    CHECK_THROWS_AS(site.undo({patched[0].wheel}), Error);
    scene.temporary.write("demo/sub/added", "x\n");
    site.undo({patched[0].wheel});
    CHECK(site.patched().empty());
    CHECK(scene.read("demo/__init__.py") == "one\n");
    CHECK(scene.read("demo/data") == "data\n");
    CHECK(scene.read("demo/__pycache__/__init__.cpython-311.pyc") == "compiled");
    CHECK(!fs::exists(scene.site / "demo/sub"));
    CHECK(!fs::exists(scene.site / folder / "wheelfix.json"));
    CHECK(!fs::exists(scene.site / folder / "wheelfix"));
    CHECK(fs::exists(scene.site / folder) == has_metadata);
    CHECK_THROWS_AS(site.undo({patched[0].wheel}), Error);
  }
}

TEST_CASE("an edit of nothing changes nothing") {
  Scene scene;
  auto site = Site::open({scene.site});
  const WheelEdit edit(site.distribution("demo"));
  const auto record = scene.read("demo-1.0.dist-info/RECORD");
  CHECK(site.commit({&edit}).front().changed.empty());
  CHECK(scene.read("demo-1.0.dist-info/RECORD") == record);
}

TEST_CASE("a package without RECORD is changed too") {
  Scene scene;
  fs::remove(scene.site / "demo-1.0.dist-info/RECORD");
  auto site = Site::open({scene.site});
  WheelEdit edit(site.distribution("demo"));
  edit.remove("demo/data");
  CHECK(site.commit({&edit}).front().changed == std::vector<Change>{{"demo/data", How::removed}});
  CHECK(!fs::exists(scene.site / "demo/data"));
  CHECK(!fs::exists(scene.site / "demo-1.0.dist-info/RECORD"));
}

TEST_CASE("files of others and other names of the package are refused") {
  Scene scene;
  scene.temporary.write("README", "");
  auto site = Site::open({scene.site});
  const auto refuses = [&](const std::string& path, const std::string& content) {
    CAPTURE(path);
    WheelEdit edit(site.distribution("demo"));
    edit.set_content(path, content);
    CHECK_THROWS_AS(site.commit({&edit}), Error);
  };
  refuses("README", "mine");
  refuses("../demo.py", "");
  refuses("other-1.0.dist-info/METADATA", "");
  refuses(".wheelfix/journal", "");
  refuses("demo", "a file");
  refuses("demo-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: other\nVersion: 1.0\n");
  CHECK(scene.read("demo/__init__.py") == "one\n");
  CHECK_THROWS_AS(site.distribution("domo"), Error);
}

TEST_CASE("a dry run finds what would be refused, and writes nothing") {
  Scene scene;
  auto site = Site::open({scene.site}, {.access = SiteAccess::read});
  CHECK(!fs::exists(scene.site / ".wheelfix"));
  WheelEdit edit(site.distribution("demo"));
  edit.set_content("demo/data", "new");
  CHECK(site.commit({&edit}, {.dry_run = true}).front().changed.size() == 2);
  scene.temporary.write("demo/data", "mine");
  CHECK_THROWS_AS(site.commit({&edit}, {.dry_run = true}), Error);
  CHECK(scene.read("demo/data") == "mine");
}

TEST_CASE("one run at a time") {
  Scene scene;
  const auto site = Site::open({scene.site});
  CHECK_THROWS_AS(Site::open({scene.site}), Error);
  CHECK_NOTHROW(Site::open({scene.site}, {.access = SiteAccess::read}));
}
