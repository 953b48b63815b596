#include <doctest/doctest.h>

#include <wheelfix/edit.hpp>
#include <wheelfix/error.hpp>

#include "support/wheel_builder.hpp"

using namespace wheelfix;
using test::TempFolder;
using test::WheelText;

namespace {

struct Opened {
  TempFolder folder;
  WheelEdit edit;

  explicit Opened(const WheelText& text = {}) : edit(Wheel::open(text.write(folder))) {}
};

}  // namespace

TEST_CASE("an edit shows what was written, and the wheel what was there") {
  Opened demo;
  demo.edit.set_content("demo/__init__.py", "new");
  demo.edit.set_content("demo/more.py", "more");
  CHECK(demo.edit.read("demo/__init__.py") == "new");
  CHECK(demo.edit.wheel().read("demo/__init__.py") == "one = 1\ntwo = 2\nthree = 3\n");
  CHECK(demo.edit.contains("demo/more.py"));
  CHECK_FALSE(demo.edit.wheel().find("demo/more.py").has_value());
}

TEST_CASE("a removed entry is gone, and can be written again") {
  Opened demo;
  demo.edit.remove("demo/__init__.py");
  CHECK_FALSE(demo.edit.contains("demo/__init__.py"));
  CHECK_THROWS_AS(demo.edit.read("demo/__init__.py"), Error);
  demo.edit.set_content("demo/__init__.py", "again");
  CHECK(demo.edit.read("demo/__init__.py") == "again");
}

TEST_CASE("a renamed entry keeps its content and mode under its new name") {
  Opened demo({.files = {{.name = "demo/tool", .content = "#!", .mode = 0100755}}});
  demo.edit.rename("demo/tool", "demo/other");
  CHECK_FALSE(demo.edit.contains("demo/tool"));
  CHECK(demo.edit.read("demo/other") == "#!");
  CHECK(demo.edit.mode("demo/other") == 0755);
  demo.edit.set_mode("demo/other", 0100600);
  CHECK(demo.edit.mode("demo/other") == 0600);
  CHECK_THROWS_AS(demo.edit.rename("demo/other", "demo-1.0.dist-info/WHEEL"), Error);
}

TEST_CASE("neither RECORD, which is made, nor a signature of it can be edited, but a signature can go") {
  Opened demo({.behind = {{.name = "demo-1.0.dist-info/RECORD.jws", .content = "{}"}}});
  for (const auto& edit :
       {+[](WheelEdit& e) { e.set_content("demo-1.0.dist-info/RECORD", ""); },
        +[](WheelEdit& e) { e.remove("demo-1.0.dist-info/RECORD"); },
        +[](WheelEdit& e) { e.rename("demo/__init__.py", "demo-1.0.dist-info/RECORD"); },
        +[](WheelEdit& e) { e.set_content("demo-1.0.dist-info/RECORD.p7s", ""); },
        +[](WheelEdit& e) { e.set_content("demo-1.0.dist-info/RECORD.jws", ""); },
        +[](WheelEdit& e) { e.rename("demo/__init__.py", "demo-1.0.dist-info/RECORD.p7s"); }}) {
    CHECK_THROWS_AS(edit(demo.edit), Error);
  }
  demo.edit.remove("demo-1.0.dist-info/RECORD.jws");
  CHECK_FALSE(demo.edit.contains("demo-1.0.dist-info/RECORD.jws"));
}

TEST_CASE("the new name carries the label, and keeps the name's spelling and build tag") {
  Opened demo({.name = "My.Demo", .version = "1.0+cu1", .build = "3"});
  demo.edit.set_local_label("fix_1", LocalLabel::extend);
  CHECK(demo.edit.output_name().to_string() == "My.Demo-1.0+cu1.fix.1-3-py3-none-any.whl");
  demo.edit.set_local_label("fix_1", LocalLabel::replace);
  CHECK(demo.edit.output_name().to_string() == "My.Demo-1.0+fix.1-3-py3-none-any.whl");
}

TEST_CASE("a version is set in its normal form, and what the name has besides stays") {
  Opened demo({.name = "My.Demo", .version = "1.0+cu1", .build = "3"});
  demo.edit.set_version(Version::parse("v2.0-RC.1+Ubuntu_1"));
  CHECK(demo.edit.output_name().to_string() == "My.Demo-2.0rc1+ubuntu.1-3-py3-none-any.whl");
  CHECK(demo.edit.relabelled("1.0+cu1") == "2.0rc1+ubuntu.1");
}

TEST_CASE("a local label is stripped, and the public part keeps its spelling") {
  Opened demo({.version = "1.0.RC1+cu1"});
  demo.edit.strip_local_label();
  CHECK(demo.edit.output_name().to_string() == "demo-1.0.RC1-py3-none-any.whl");
  Opened plain;
  plain.edit.strip_local_label();
  CHECK(plain.edit.output_name().to_string() == "demo-1.0-py3-none-any.whl");
}

TEST_CASE("tags are set in the name and in WHEEL, whose other bytes stay") {
  Opened demo({.wheel_file = "Wheel-Version: 1.0\r\nTag: py2.py3-none-any\r\nX-Own: 1\r\nRoot-Is-Purelib: "
                             "True\r\n"});
  demo.edit.set_tags({.build = "2", .python = {"cp38"}, .abi = {"abi3", "none"}, .platform = {"win32"}});
  CHECK(demo.edit.output_name().to_string() == "demo-1.0-2-cp38-abi3.none-win32.whl");
  CHECK(demo.edit.read("demo-1.0.dist-info/WHEEL") ==
        "Wheel-Version: 1.0\r\nTag: cp38-abi3-win32\r\nTag: cp38-none-win32\r\nX-Own: 1\r\nRoot-Is-Purelib: "
        "false\r\nBuild: 2\r\n");
  demo.edit.set_tags({.build = {}, .python = {"py2", "py3"}, .abi = {"none"}, .platform = {"any"}}, true);
  CHECK(demo.edit.read("demo-1.0.dist-info/WHEEL") ==
        "Wheel-Version: 1.0\r\nTag: py2-none-any\r\nTag: py3-none-any\r\nX-Own: 1\r\nRoot-Is-Purelib: "
        "true\r\n");
}

TEST_CASE("tags that change WHEEL in nothing leave it as it is") {
  Opened demo({.wheel_file = "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-linux_x86_64\n"});
  demo.edit.set_tags({.build = {}, .python = {"py3"}, .abi = {"none"}, .platform = {"linux_x86_64"}});
  CHECK(demo.edit.overlay().empty());
  CHECK(demo.edit.output_name().to_string() == "demo-1.0-py3-none-linux_x86_64.whl");
}

TEST_CASE("what is no tag is refused") {
  Opened demo;
  const auto set = [&](NameTags tags) { demo.edit.set_tags(std::move(tags)); };
  CHECK_THROWS_AS(set({.build = {}, .python = {}, .abi = {"none"}, .platform = {"any"}}), Error);
  CHECK_THROWS_AS(set({.build = "x", .python = {"py3"}, .abi = {"none"}, .platform = {"any"}}), Error);
  CHECK_THROWS_AS(set({.build = {}, .python = {"1-py3"}, .abi = {"none"}, .platform = {"any"}}), Error);
  CHECK_THROWS_AS(set({.build = {}, .python = {"py2.py3"}, .abi = {"none"}, .platform = {"any"}}), Error);
  CHECK_THROWS_AS(set({.build = {}, .python = {"py3"}, .abi = {"none"}, .platform = {"a/b"}}), Error);
}

TEST_CASE("a wheel that can't be rewritten is refused with file and entry named") {
  const TempFolder folder;
  const auto refusal = [&](const WheelText& text) {
    const auto path = text.write(folder);
    try {
      Wheel::open(path);
    } catch (const Error& error) {
      CHECK(exit_status(error.code()) == 3);
      return std::string(error.what()).substr(folder.path().string().size() + 1);
    }
    return std::string("accepted");
  };
  CHECK(refusal({}) == "accepted");
  CHECK(refusal({.metadata = "Metadata-Version: 2.1\nName: other\nVersion: 1.0\n"}) ==
        "demo-1.0-py3-none-any.whl: demo-1.0.dist-info/METADATA: names the project other, the file's name "
        "says demo");
  CHECK(refusal({.metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.1\n"}) ==
        "demo-1.0-py3-none-any.whl: demo-1.0.dist-info/METADATA: gives the version 1.1, the file's name says "
        "1.0");
  CHECK(refusal({.files = {{.name = "x-2.dist-info/METADATA"}}}) ==
        "demo-1.0-py3-none-any.whl: has 2 .dist-info folders: demo-1.0.dist-info, x-2.dist-info");
  CHECK(refusal({.wheel_file = "Wheel-Version: 2.0\n"}) ==
        "demo-1.0-py3-none-any.whl: demo-1.0.dist-info/WHEEL: has Wheel-Version 2.0, and wheelfix knows 1.x");
  CHECK(refusal({.record = "no commas\n"})
            .starts_with("demo-1.0-py3-none-any.whl: demo-1.0.dist-info/RECORD: "));
}

TEST_CASE("spellings that mean the same name and version agree") {
  const TempFolder folder;
  const WheelText text{.name = "zope.interface",
                       .version = "1.0",
                       .metadata = "Metadata-Version: 2.1\nName: Zope_Interface\nVersion: 1.0.0\n"};
  CHECK(Wheel::open(text.write(folder)).dist_info() == "zope.interface-1.0.dist-info");
}
