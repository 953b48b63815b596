#include <doctest/doctest.h>

#include <wheelfix/error.hpp>
#include <wheelfix/patch.hpp>

#include "support/wheel_builder.hpp"

using namespace wheelfix;
using test::TempFolder;
using test::WheelText;

namespace {

const std::string binary(
    "\x7f"
    "ELF\0\1\2\3",
    8);

const WheelText old_text{
    .files = {{.name = "demo/__init__.py", .content = "one = 1\ntwo = 2\n"},
              {.name = "demo/gone.py", .content = "gone\n"},
              {.name = "demo/lib.so", .content = binary, .mode = 0100755},
              {.name = "demo-1.0.data/scripts/run", .content = "#!python\n", .mode = 0100755}}};

/// The same, edited by hand.
const WheelText new_text{
    .version = "1.0+x",
    .files = {{.name = "demo/__init__.py", .content = "one = 1\ntwo = 22\n"},
              {.name = "demo/lib.so", .content = binary + "more", .mode = 0100755},
              {.name = "demo/new.py", .content = "new\n"},
              {.name = "demo-1.0+x.data/scripts/run", .content = "#!python\nrun\n", .mode = 0100755}}};

/// Unpacks a wheel of text, as `unzip` would.
void unpack(const WheelText& text, const TempFolder& folder, const std::string& name) {
  for (const auto& item : text.items()) {
    const auto path = folder.write(name + "/" + item.name, item.content);
    std::filesystem::permissions(path, static_cast<std::filesystem::perms>(item.mode & 0777));
  }
}

}  // namespace

TEST_CASE("a patch of two wheels turns the one into the other, whatever their versions") {
  const TempFolder folder;
  const auto before = Wheel::open(old_text.write(folder));
  const auto after = Wheel::open(new_text.write(folder));
  const auto patch = diff_wheels(before, after);
  CHECK(patch.find("RECORD") == std::string::npos);
  CHECK(patch.find("METADATA") == std::string::npos);
  CHECK(patch.find("demo-1.0+x") == std::string::npos);

  WheelEdit edit(before);
  apply_patches(edit, {parse_diff(patch, "made.patch")}, {});
  edit.set_local_label("x", LocalLabel::extend);
  const auto patched = Wheel::open(write(edit, {.dest_dir = folder / "out"}).output);
  CHECK(diff_wheels(after, patched).empty());
  CHECK(patched.read("demo/lib.so") == binary + "more");
}

TEST_CASE("a wheel and the folder that it was unpacked to and edited in give the same patch") {
  const TempFolder folder;
  const auto before = Wheel::open(old_text.write(folder));
  const auto after = Wheel::open(new_text.write(folder));
  unpack(new_text, folder, "edited");
  folder.write("edited/demo/__pycache__/x.pyc", "left by a try");
  folder.write("edited/.git/config", "left by an editor");
  CHECK(diff_wheel_with_folder(before, folder / "edited") == diff_wheels(before, after));
}

TEST_CASE("equal wheels have no differences, and neither have a wheel and its own folder") {
  const TempFolder folder;
  const auto wheel = Wheel::open(old_text.write(folder));
  unpack(old_text, folder, "same");
  CHECK(diff_wheels(wheel, wheel).empty());
  CHECK(diff_wheel_with_folder(wheel, folder / "same").empty());
}

TEST_CASE("METADATA's changes are in the patch but for its Version line") {
  const TempFolder folder;
  const auto before = Wheel::open(WheelText{}.write(folder));
  const auto after = Wheel::open(WheelText{
      .version = "1.0+x",
      .metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0+x\nRequires-Dist: six\n\nA body.\n"}
                                     .write(folder));
  const auto patch = diff_wheels(before, after);
  CHECK(patch.find("+Requires-Dist: six") != std::string::npos);
  CHECK(patch.find("\n-Version") == std::string::npos);
}

TEST_CASE("a folder that no wheel was unpacked to is refused") {
  const TempFolder folder;
  const auto wheel = Wheel::open(WheelText{}.write(folder));
  CHECK_THROWS_WITH_AS(diff_wheel_with_folder(wheel, folder.path()),
                       (folder.path().string() + ": has no .dist-info folder").c_str(), Error);
}
