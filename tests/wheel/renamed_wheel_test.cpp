#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include <wheelfix/edit.hpp>
#include <wheelfix/verify.hpp>

#include "support/wheel_builder.hpp"

// Wheels under another version or other tags.

using namespace wheelfix;
using test::TempFolder;
using test::WheelText;
using test::ZipItem;

TEST_CASE("a version set and stripped again gives METADATA and all payload back") {
  const TempFolder folder;
  const ZipItem script{.name = "demo-1.0.data/scripts/run", .content = "#!python\n", .mode = 0100755};
  const WheelText text{.files = {{.name = "demo/__init__.py", .content = "one = 1\n"}, script},
                       .metadata = "Name: demo\r\nVersion:\t1.0 \r\n\r\n"};
  const auto source = Wheel::open(text.write(folder));
  WheelEdit other(source);
  other.set_version(Version::parse("2.0+cpu"));
  const auto labelled = Wheel::open(write(other, {.dest_dir = folder / "out"}).output);
  CHECK(labelled.read("demo-2.0+cpu.dist-info/METADATA") == "Name: demo\r\nVersion:\t2.0+cpu \r\n\r\n");
  CHECK(labelled.find("demo-2.0+cpu.data/scripts/run").has_value());
  WheelEdit stripped(labelled);
  stripped.strip_local_label();
  WheelEdit first(Wheel::open(write(stripped, {.dest_dir = folder / "out"}).output));
  CHECK(first.output_name().to_string() == "demo-2.0-py3-none-any.whl");
  first.set_version(Version::parse("1.0"));
  const auto again = Wheel::open(write(first, {.dest_dir = folder / "out"}).output);
  for (const auto& entry : source.entries()) CHECK(again.read(entry.path) == source.read(entry.path));
  CHECK(verify(again.path()).empty());
}

TEST_CASE("tags are set in the name, in WHEEL and its row of RECORD") {
  const TempFolder folder;
  WheelEdit edit(Wheel::open(WheelText{.tag = "py3-none-any"}.write(folder)));
  edit.set_tags({.build = "1", .python = {"py3"}, .abi = {"none"}, .platform = {"win32", "win_amd64"}});
  const auto result = write(edit, {.dest_dir = folder / "out"});
  CHECK(result.output.filename() == "demo-1.0-1-py3-none-win32.win_amd64.whl");
  CHECK(result.changed == std::vector<Change>{{"demo-1.0.dist-info/WHEEL", How::tags},
                                              {"demo-1.0.dist-info/RECORD", How::record}});
  CHECK(verify(result.output).empty());
}

TEST_CASE("a wheel that gets another name alone is the same, byte for byte, and its signature stays") {
  const TempFolder folder;
  const WheelText text{
      .tag = "py3-none-manylinux1_x86_64",
      .wheel_file = "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-linux_x86_64\n",
      .record_tail = test::record_row("demo/late.py", "late"),
      .behind = {{.name = "demo-1.0.dist-info/RECORD.jws", .content = "{}"},
                 {.name = "demo/late.py", .content = "late"}}};
  const auto source = text.write(folder);
  WheelEdit edit(Wheel::open(source));
  edit.set_tags({.build = {}, .python = {"py3"}, .abi = {"none"}, .platform = {"linux_x86_64"}});
  const auto result = write(edit, {.dest_dir = folder / "out"});
  CHECK(result.output.filename() == "demo-1.0-py3-none-linux_x86_64.whl");
  CHECK(result.changed.empty());
  CHECK(result.notes.empty());
  const auto bytes = [](const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  };
  CHECK(bytes(result.output) == bytes(source));
}
