#include <doctest/doctest.h>

#include <wheelfix/edit.hpp>
#include <wheelfix/error.hpp>

#include "base/file.hpp"
#include "deflate/compress.hpp"
#include "support/wheel_builder.hpp"
#include "wheel/archive_of.hpp"
#include "wheel/thrown.hpp"

using namespace wheelfix;
using test::TempFolder;
using test::WheelText;

namespace {

/// A wheel of whose archive only libzip finds that its headers disagree: on a time.
std::filesystem::path wheel_that_libzip_refuses(const TempFolder& folder) {
  const auto path = WheelText{}.write(folder);
  auto bytes = read_file(path);
  bytes[bytes.find("PK\1\2") + 13] ^= 0x10;
  return folder.write(path.filename().string(), bytes);
}

/// Of the last entry, RECORD.
std::string compressed_record(const Wheel& wheel) {
  const auto& archive = archive_of(wheel);
  const auto& entry = archive.entries().back();
  return archive.file().read(entry.data_offset, static_cast<std::size_t>(entry.compressed_size));
}

WheelText wheel_of_many_files() {
  WheelText text;
  for (int i = 0; i < 8000; ++i) text.files.push_back({.name = "demo/file_" + std::to_string(i) + ".py"});
  return text;
}

}  // namespace

TEST_CASE("what libzip refuses isn't written either if its opinion isn't waited for") {
  const TempFolder folder;
  const auto path = wheel_that_libzip_refuses(folder);
  const auto refusal = thrown([&] { Wheel::open(path); });
  CHECK(refusal.find("libzip refuses the archive") != std::string::npos);
  WheelEdit edit(Wheel::open(path, {}, Confirmation::later));
  edit.set_content("demo/new.py", "new = 1\n");
  CHECK(thrown([&] { edit.wheel().require_unchanged(); }) == refusal);
  CHECK(thrown([&] { write(edit, {.dest_dir = folder / "out"}); }) == refusal);
  CHECK(thrown([&] { write(edit, {.dest_dir = folder / "out", .dry_run = true}); }) == refusal);
  CHECK_FALSE(std::filesystem::exists(folder / "out"));
}

TEST_CASE("a sound wheel is written, whether libzip's opinion is waited for or not") {
  const TempFolder folder;
  const auto path = WheelText{}.write(folder);
  for (const auto confirmation : {Confirmation::at_once, Confirmation::later}) {
    WheelEdit edit(Wheel::open(path, {}, confirmation));
    edit.set_local_label("fix.1", LocalLabel::extend);
    CHECK(Wheel::open(write(edit, {.dest_dir = folder / "out", .overwrite = true}).output)
              .read("demo-1.0+fix.1.dist-info/WHEEL") == edit.wheel().read("demo-1.0.dist-info/WHEEL"));
  }
}

TEST_CASE("the caller's check is made once for each wheel, and keeps it from being written") {
  const TempFolder folder;
  WheelEdit edit(Wheel::open(WheelText{}.write(folder)));
  edit.set_local_label("fix.1", LocalLabel::extend);
  const auto output = folder / "out/demo-1.0+fix.1-py3-none-any.whl";
  int calls = 0;
  WriteOptions options{.dest_dir = folder / "out", .check = [&] {
                         ++calls;
                         CHECK_FALSE(std::filesystem::exists(output));
                       }};
  for (const unsigned jobs : {1U, 2U}) {
    options.jobs = jobs;
    write(edit, options);
    CHECK(std::filesystem::remove(output));
  }
  CHECK(calls == 2);
  options.dry_run = true;
  write(edit, options);
  CHECK(calls == 3);
  options.dry_run = false;
  std::filesystem::remove(folder / "out");
  options.check = [] { throw Error(ErrorCode::bad_wheel, "demo", "is not wanted"); };
  CHECK(thrown([&] { write(edit, options); }) == "3 demo: is not wanted");
  CHECK_FALSE(std::filesystem::exists(folder / "out"));
}

TEST_CASE("a large RECORD is compressed fast, a small one and what has a level by that") {
  const TempFolder folder;
  for (const bool is_large : {false, true}) {
    WheelEdit edit(Wheel::open((is_large ? wheel_of_many_files() : WheelText{}).write(folder)));
    edit.set_local_label("fix.1", LocalLabel::extend);
    for (const std::optional<int> level : {std::optional<int>(), std::optional<int>(9)}) {
      const auto wheel =
          Wheel::open(write(edit, {.dest_dir = folder / "out", .level = level, .overwrite = true}).output);
      const auto& text = wheel.record().to_string();
      CHECK((text.size() > (512 << 10)) == is_large);
      CHECK(compressed_record(wheel) == deflate(text, level.value_or(is_large ? 1 : 6)));
    }
  }
}
