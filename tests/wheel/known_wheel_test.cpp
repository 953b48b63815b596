#include "wheel/known_wheel.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <wheelfix/error.hpp>

#include "support/wheel_builder.hpp"

using namespace wheelfix;
using test::TempFolder;

namespace {

test::WheelText wheel_text(const std::string& content) {
  return {
      .files = {{.name = "demo/__init__.py", .content = content}, {.name = "demo/data.txt", .content = "x"}}};
}

FileStamp stamp_at(const std::filesystem::path& path) {
  return File::open(path).stamp();
}

}  // namespace

TEST_CASE("a wheel that is known says what it says when it is opened") {
  const TempFolder folder;
  const auto path = wheel_text("one\n").write(folder);
  const auto opened = Wheel::open(path);
  const auto known = open_known(path, stamp_at(path), {}, known_wheel(opened));
  CHECK(known.path() == path);
  CHECK(known.name().to_string() == opened.name().to_string());
  CHECK(known.dist_info() == opened.dist_info());
  CHECK(known.data_dir() == opened.data_dir());
  CHECK(known.metadata().to_string() == opened.metadata().to_string());
  CHECK(known.wheel_file().to_string() == opened.wheel_file().to_string());
  CHECK(known.record().to_string() == opened.record().to_string());
  CHECK(known.warnings() == opened.warnings());
  REQUIRE(known.entries().size() == opened.entries().size());
  for (std::size_t i = 0; i < known.entries().size(); ++i) {
    const auto &one = known.entries()[i], &other = opened.entries()[i];
    CHECK(std::tie(one.path, one.size, one.compressed_size, one.mode, one.crc32) ==
          std::tie(other.path, other.size, other.compressed_size, other.mode, other.crc32));
    CHECK(known.find(one.path) == i);
    CHECK(known.read(one.path) == opened.read(one.path));
  }
  CHECK_NOTHROW(known.require_unchanged());
}

TEST_CASE("a known wheel isn't opened until content is asked for, and must be the same file then") {
  const TempFolder folder;
  const auto path = wheel_text("one\n").write(folder);
  const auto stamp = stamp_at(path);
  const auto opened = known_wheel(Wheel::open(path));
  const auto changed = open_known(path, stamp, {}, opened);
  wheel_text("another text\n").write(folder);
  CHECK(changed.entries().size() == opened.entries.size());
  CHECK_THROWS_WITH_AS(changed.read("demo/data.txt"), (path.string() + ": changed while it was read").c_str(),
                       Error);
  std::filesystem::remove(path);
  CHECK_THROWS_AS(changed.read("demo/data.txt"), Error);
}
