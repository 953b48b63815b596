#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <wheelfix/edit.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/verify.hpp>

#include "base/byte_edit.hpp"
#include "support/wheel_builder.hpp"
#include "wheel/archive_of.hpp"
#include "wheel/splice_cache.hpp"

using namespace wheelfix;
using test::TempFolder;
using test::WheelText;
using test::ZipItem;

namespace {

std::string library_content(std::size_t size) {
  std::mt19937 random(7);
  std::string content =
      "\x7f"
      "ELF";
  while (content.size() < size)
    content += std::to_string(random() % 10'000) + (random() % 50 == 0 ? "\n" : " ");
  content.resize(size);
  return content;
}

const auto content = library_content(2'000'000);
const ContentEdits edits{{{64, "p_filesz"}, {1'900'000, std::string(16, '\0')}}, "/a/longer/path"};

/// A wheel with a library, and an edit of that under a label.
struct Scene {
  TempFolder folder;
  WheelEdit edit;

  explicit Scene(const WheelText& text) : edit(Wheel::open(text.write(folder))) {
    edit.set_local_label("fix.1", LocalLabel::extend);
    edit.edit_bytes("demo/lib.so", edits, {How::rpath});
  }

  WriteOptions options(Verification verification = Verification::automatic) const {
    return {.dest_dir = folder / "out", .overwrite = true, .verification = verification};
  }
};

WheelText with_library(unsigned method = 8) {
  return {.files = {{.name = "demo/__init__.py", .content = "one = 1\n"},
                    {.name = "demo/lib.so", .content = content, .method = method, .mode = 0100755}}};
}

std::string compressed(const Wheel& wheel, std::string_view path) {
  const auto& entry = archive_of(wheel).entries().at(*wheel.find(path));
  return archive_of(wheel).file().read(entry.data_offset, entry.compressed_size);
}

std::string thrown(const WheelEdit& edit, const WriteOptions& options) {
  try {
    write(edit, options);
    return "nothing";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("an entry that is edited in places keeps nearly all of its compressed bytes") {
  const Scene scene(with_library());
  const auto old = compressed(scene.edit.wheel(), "demo/lib.so");
  for (const auto verification : {Verification::automatic, Verification::always, Verification::never}) {
    const auto result = write(scene.edit, scene.options(verification));
    CHECK(verify(result.output).empty());
    CHECK(std::ranges::count(result.changed, Change{"demo/lib.so", How::rpath}) == 1);
    const auto wheel = Wheel::open(result.output);
    CHECK(wheel.read("demo/lib.so") == apply_edits(content, edits));
    CHECK(wheel.entries()[*wheel.find("demo/lib.so")].mode == 0100755);
    const auto made = compressed(wheel, "demo/lib.so");
    CHECK(made.size() < old.size() + 1000);
    // The middle lies in no block near an edit.
    CHECK(made.find(old.substr(old.size() / 2, old.size() / 4)) != std::string::npos);
  }
}

TEST_CASE("the bytes written don't depend on how many threads make them") {
  const Scene scene(with_library());
  auto options = scene.options();
  options.jobs = 1;
  const auto one = test::slurp(write(scene.edit, options).output);
  options.jobs = 4;
  CHECK(test::slurp(write(scene.edit, options).output) == one);
}

TEST_CASE("a stream that was made while an edit was planned is written for that edit alone") {
  const Scene scene(with_library());
  const auto expected = test::slurp(write(scene.edit, scene.options()).output);
  const auto& wheel = scene.edit.wheel();
  const auto& entry = archive_of(wheel).entries().at(*wheel.find("demo/lib.so"));
  auto& splices = splices_of(wheel);
  const auto made_of = [&](const ContentEdits& other, Verification verification) {
    EntryScan scan(archive_of(wheel), wheel.record(), entry, {});
    CHECK(scan.read(1'000'000, 100) == content.substr(1'000'000, 100));
    return scan.splice(other, verification);
  };
  for (const auto& other : {edits, ContentEdits{{{64, "others"}}, ""}}) {
    splices.put(entry, made_of(other, Verification::automatic));
    CHECK((splices.find(entry, edits, Verification::always) != nullptr) == (other == edits));
    CHECK(test::slurp(write(scene.edit, scene.options()).output) == expected);
  }
  splices.put(entry, made_of(edits, Verification::never));
  CHECK(splices.find(entry, edits, Verification::automatic) == nullptr);
  CHECK(splices.find(entry, edits, Verification::never) != nullptr);
  CHECK(test::slurp(write(scene.edit, scene.options(Verification::never)).output) == expected);

  auto made = made_of(edits, Verification::automatic);
  made.old_hash = "sha256=of-another-entry";
  splices.put(entry, made);
  CHECK(thrown(scene.edit, scene.options()).find("the entry has sha256=of-another-entry") !=
        std::string::npos);
  made.splice->pieces.front().bytes.assign(65 << 20, 'x');  // too much to be kept
  splices.put(entry, made);
  CHECK(splices.find(entry, edits, Verification::automatic) == nullptr);
  CHECK(test::slurp(write(scene.edit, scene.options()).output) == expected);
}

TEST_CASE("an entry that is stored, or too small to be worth it, is compressed whole") {
  for (const auto verification : {Verification::automatic, Verification::always}) {
    const Scene stored(with_library(0));
    const auto result = write(stored.edit, stored.options(verification));
    CHECK(verify(result.output).empty());
    CHECK(Wheel::open(result.output).read("demo/lib.so") == apply_edits(content, edits));
  }
  const WheelText small({.files = {{.name = "demo/__init__.py", .content = "one = 1\n"}}});
  TempFolder folder;
  WheelEdit edit(Wheel::open(small.write(folder)));
  edit.set_local_label("fix.1", LocalLabel::extend);
  edit.edit_bytes("demo/__init__.py", {{{6, "2"}}, "two = 2\n"}, {How::patched});
  const auto result = write(edit, {.dest_dir = folder / "out"});
  CHECK(verify(result.output).empty());
  CHECK(Wheel::open(result.output).read("demo/__init__.py") == "one = 2\ntwo = 2\n");
}

TEST_CASE("an edited entry must be what RECORD says it was") {
  auto text = with_library();
  auto record = text.items().back().content;
  const auto row = record.find("demo/lib.so,");
  record.replace(row, record.find(',', row + 12) - row, "demo/lib.so,sha256=AAAA");
  text.record = record;
  const Scene scene(text);
  CHECK(thrown(scene.edit, scene.options()) ==
        scene.edit.wheel().path().string() +
            ": demo/lib.so: RECORD says sha256=AAAA and 2000000 bytes, the entry has " +
            test::sha256_row_hash(content) + " and 2000000 bytes");
  CHECK_FALSE(std::filesystem::exists(scene.folder / "out"));
  auto options = scene.options();
  options.force = true;
  CHECK(verify(write(scene.edit, options).output).empty());
}

TEST_CASE("damage after the last edit is found before anything is written") {
  const Scene scene(with_library());
  const auto& entry = archive_of(scene.edit.wheel()).entries().at(*scene.edit.wheel().find("demo/lib.so"));
  auto bytes = test::slurp(scene.edit.wheel().path());
  bytes[entry.data_offset + entry.compressed_size - 40] ^= 0x10;
  std::ofstream(scene.edit.wheel().path(), std::ios::binary) << bytes;
  WheelEdit edit(Wheel::open(scene.edit.wheel().path()));
  edit.set_local_label("fix.1", LocalLabel::extend);
  edit.edit_bytes("demo/lib.so", {{{64, "p_filesz"}}, ""}, {How::rpath});
  CHECK(thrown(edit, scene.options()).starts_with(scene.edit.wheel().path().string() + ": demo/lib.so: "));
  CHECK_FALSE(std::filesystem::exists(scene.folder / "out"));
}
