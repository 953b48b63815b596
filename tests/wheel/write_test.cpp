#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

#include <wheelfix/edit.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/verify.hpp>

#include "support/wheel_builder.hpp"
#include "wheel/archive_of.hpp"

using namespace wheelfix;
using test::TempFolder;
using test::WheelText;
using test::ZipItem;

namespace {

/// A wheel of text, opened with a label, and a folder for its output.
struct Scene {
  TempFolder folder;
  WheelEdit edit;

  explicit Scene(const WheelText& text = {}) : edit(Wheel::open(text.write(folder))) {
    edit.set_local_label("fix.1", LocalLabel::extend);
  }

  WriteOptions options() const { return {.dest_dir = folder / "out"}; }
  WriteResult run() { return write(edit, options()); }
  Wheel result() { return Wheel::open(run().output); }
};

std::vector<std::string> names(const Wheel& wheel) {
  std::vector<std::string> names;
  for (const auto& entry : wheel.entries()) names.push_back(entry.path);
  return names;
}

std::vector<std::string> notes_of(const WriteResult& result) {
  std::vector<std::string> codes;
  for (const auto& note : result.notes) codes.emplace_back(to_string(note.code));
  return codes;
}

const ZipItem module_file{.name = "demo/__init__.py", .content = "one = 1\n"};
const ZipItem script{.name = "demo-1.0.data/scripts/run", .content = "#!python\n", .mode = 0100755};

}  // namespace

TEST_CASE(
    "a relabelled wheel has dist-info, .data and METADATA under the new version, and verify finds nothing") {
  Scene scene({.files = {module_file, script, {.name = "demo-1.0.data/"}}});
  const auto result = scene.run();
  CHECK(result.output.filename() == "demo-1.0+fix.1-py3-none-any.whl");
  const auto wheel = Wheel::open(result.output);
  CHECK(names(wheel) == std::vector<std::string>{"demo/__init__.py", "demo-1.0+fix.1.data/scripts/run",
                                                 "demo-1.0+fix.1.data/", "demo-1.0+fix.1.dist-info/METADATA",
                                                 "demo-1.0+fix.1.dist-info/WHEEL",
                                                 "demo-1.0+fix.1.dist-info/RECORD"});
  CHECK(wheel.read("demo-1.0+fix.1.dist-info/METADATA") ==
        "Metadata-Version: 2.1\nName: demo\nVersion: 1.0+fix.1\n\nA body.\n");
  CHECK(wheel.read("demo-1.0+fix.1.dist-info/WHEEL") == scene.edit.wheel().read("demo-1.0.dist-info/WHEEL"));
  CHECK(wheel.entries()[1].mode == 0100755);
  CHECK(verify(result.output).empty());
  CHECK(result.notes.empty());
}

TEST_CASE("what changed is listed with how") {
  Scene scene(
      {.files = {
           module_file, {.name = "demo/old.py", .content = "x"}, {.name = "demo/away.py", .content = "y"}}});
  scene.edit.set_content("demo/__init__.py", "two = 2\n");
  scene.edit.set_content("demo/new.py", "n");
  scene.edit.remove("demo/away.py");
  scene.edit.rename("demo/old.py", "demo/newer.py");
  CHECK(scene.run().changed == std::vector<Change>{{"demo/__init__.py", How::patched},
                                                   {"demo/newer.py", How::renamed},
                                                   {"demo/new.py", How::added},
                                                   {"demo-1.0+fix.1.dist-info/METADATA", How::patched},
                                                   {"demo-1.0+fix.1.dist-info/METADATA", How::renamed},
                                                   {"demo-1.0+fix.1.dist-info/WHEEL", How::renamed},
                                                   {"demo-1.0+fix.1.dist-info/RECORD", How::renamed},
                                                   {"demo-1.0+fix.1.dist-info/RECORD", How::record},
                                                   {"demo/away.py", How::removed}});
}

TEST_CASE("unchanged entries keep their bytes, times, modes and extra fields") {
  const std::string extra("\x55\x54\x05\x00\x01\x01\x02\x03\x04", 9);
  Scene scene({.files = {{.name = "demo/a.py",
                          .content = std::string(3000, 'a'),
                          .mode = 0100600,
                          .dos_time = 0x1235,
                          .dos_date = 0x0021,
                          .local_extra = extra,
                          .central_extra = extra},
                         module_file,
                         {.name = "demo/b.py",
                          .content = std::string(3000, 'b'),
                          .descriptor = ZipItem::Descriptor::with_signature}}});
  scene.edit.set_content("demo/__init__.py", "two = 2\n");
  const auto before = test::slurp(scene.edit.wheel().path());
  const auto wheel = scene.result();
  const auto after = test::slurp(wheel.path());
  for (const auto* name : {"demo/a.py", "demo/b.py"}) {
    const auto& old_entry = archive_of(scene.edit.wheel()).entries()[*scene.edit.wheel().find(name)];
    const auto& new_entry = archive_of(wheel).entries()[*wheel.find(name)];
    const auto whole = [](const std::string& bytes, const zip::Entry& e) {
      return bytes.substr(e.header_offset, e.end_offset - e.header_offset);
    };
    CHECK(whole(after, new_entry) == whole(before, old_entry));
    CHECK(new_entry.dos_time == old_entry.dos_time);
    CHECK(new_entry.external_attributes == old_entry.external_attributes);
    CHECK(new_entry.extra == old_entry.extra);
  }
}

TEST_CASE("rows of unchanged entries are the same text") {
  const std::string row = "\"demo/__init__.py\"," + test::sha256_row_hash(module_file.content) + ",8\r\n";
  const WheelText sound{.files = {module_file}};
  std::string record = sound.items().back().content;
  std::string crlf;
  for (const char c : record.substr(record.find('\n') + 1)) crlf += c == '\n' ? "\r\n" : std::string(1, c);
  Scene scene({.files = {module_file}, .record = row + crlf});
  const auto text = scene.result().read("demo-1.0+fix.1.dist-info/RECORD");
  CHECK(text.starts_with(row));
  CHECK(text.ends_with("demo-1.0+fix.1.dist-info/RECORD,,\r\n"));
}

TEST_CASE("new files get mode 0644, libraries and scripts 0755") {
  Scene scene({.files = {module_file, script}});
  scene.edit.set_content("demo/x.py", "x");
  scene.edit.set_content("demo/lib/libx.so.1", "x");
  scene.edit.set_content("demo/_x.cpython-311-x86_64-linux-gnu.so", "x");
  scene.edit.set_content("demo-1.0.data/scripts/two", "x");
  const auto wheel = scene.result();
  const auto mode = [&](const char* path) { return wheel.entries()[*wheel.find(path)].mode; };
  CHECK(mode("demo/x.py") == 0100644);
  CHECK(mode("demo/lib/libx.so.1") == 0100755);
  CHECK(mode("demo/_x.cpython-311-x86_64-linux-gnu.so") == 0100755);
  CHECK(mode("demo-1.0+fix.1.data/scripts/two") == 0100755);
}

TEST_CASE("the same edit gives the same bytes on any number of threads and in any time zone") {
  std::string first;
  for (const unsigned jobs : {1U, 2U, 5U}) {
    for (const char* zone : {"UTC", "Asia/Tokyo"}) {
      ::setenv("TZ", zone, 1);
      Scene scene;
      for (int i = 0; i < 20; ++i)
        scene.edit.set_content("demo/m" + std::to_string(i) + ".py",
                               std::string(1000, static_cast<char>('a' + i)));
      auto options = scene.options();
      options.jobs = jobs;
      const auto bytes = test::slurp(write(scene.edit, options).output);
      if (first.empty()) first = bytes;
      CHECK(bytes == first);
    }
  }
  ::unsetenv("TZ");
}

TEST_CASE("every level is read back, and content that doesn't shrink is stored") {
  for (int level = 0; level <= 12; ++level) {
    Scene scene;
    scene.edit.set_content("demo/x", std::string(5000, 'x'));
    scene.edit.set_content("demo/tiny", "t");
    auto options = scene.options();
    options.level = level;
    const auto wheel = Wheel::open(write(scene.edit, options).output);
    CHECK(wheel.read("demo/x") == std::string(5000, 'x'));
    CHECK(archive_of(wheel).entries()[*wheel.find("demo/tiny")].method == 0);
    CHECK((archive_of(wheel).entries()[*wheel.find("demo/x")].method == 8) == (level > 0));
  }
}

TEST_CASE(
    "a RECORD that is wrong for an entry that is changed is refused with both hashes, or mended by force") {
  const WheelText sound;
  const auto record = sound.items().back().content;
  Scene scene({.record = "demo/__init__.py,sha256=AAAA,26\n" + record.substr(record.find('\n') + 1)});
  scene.edit.set_content("demo/__init__.py", "two = 2\n");
  const auto hash = test::sha256_row_hash(sound.files[0].content);
  const auto message = scene.edit.wheel().path().string() +
                       ": demo/__init__.py: RECORD says sha256=AAAA and 26 bytes, the entry has " + hash +
                       " and 26 bytes";
  CHECK_THROWS_WITH_AS(scene.run(), message.c_str(), Error);
  CHECK_FALSE(std::filesystem::exists(scene.folder / "out"));
  auto options = scene.options();
  options.force = true;
  const auto result = write(scene.edit, options);
  CHECK(notes_of(result) == std::vector<std::string>{"record-hash-mismatch"});
  CHECK(verify(result.output).empty());
}

TEST_CASE("the right hash of an entry that is changed may be in hexadecimal or padded") {
  const WheelText sound;
  const auto record = sound.items().back().content;
  for (const std::string hash :
       {"8863D7897b3039ecbdd0531a4932ef0158906600b5404bfde7c425e7d7a9905a",  // by sha256sum
        "iGPXiXswOey90FMaSTLvAViQZgC1QEv958Ql59epkFo="}) {                   // and base64
    Scene scene(
        {.record = "demo/__init__.py,sha256=" + hash + ",26\n" + record.substr(record.find('\n') + 1)});
    scene.edit.set_content("demo/__init__.py", "two = 2\n");
    const auto result = write(scene.edit, scene.options());
    CHECK(notes_of(result).empty());
    CHECK(verify(result.output).empty());
  }
}

TEST_CASE("a RECORD that is wrong for an entry that stays is not our matter") {
  const WheelText sound;
  const auto record = sound.items().back().content;
  Scene scene({.record = "demo/__init__.py,sha256=AAAA,26\n" + record.substr(record.find('\n') + 1)});
  CHECK(scene.result().record().rows()[0].text == "demo/__init__.py,sha256=AAAA,26");
}

TEST_CASE("rows without an entry are refused, dropped by force, or taken by an entry that is added") {
  Scene scene({.record_tail = "demo/gone.py,sha256=AAAA,3\n"});
  CHECK_THROWS_WITH_AS(
      scene.run(),
      (scene.edit.wheel().path().string() + ": demo/gone.py: is in RECORD, but not in the wheel").c_str(),
      Error);
  Scene more({.record_tail = "demo/gone.py,sha256=AAAA,3\ndemo/lost.py,sha256=AAAA,3\n"});
  CHECK_THROWS_WITH_AS(more.run(),
                       (more.edit.wheel().path().string() +
                        ": demo/gone.py: is in RECORD, but not in the wheel; 2 rows in all")
                           .c_str(),
                       Error);
  auto options = scene.options();
  options.force = true;
  auto result = write(scene.edit, options);
  CHECK(notes_of(result) == std::vector<std::string>{"record-missing-entry"});
  CHECK(verify(result.output).empty());
  scene.edit.set_content("demo/gone.py", "now");
  options.force = false;
  options.overwrite = true;
  result = write(scene.edit, options);
  CHECK(result.notes.empty());
  CHECK(verify(result.output).empty());
}

TEST_CASE("an entry without a row gets one, and that is said") {
  Scene scene({.behind = {{.name = "demo/late.py", .content = "late"}}});
  const auto result = scene.run();
  CHECK(notes_of(result) == std::vector<std::string>{"record-missing-row"});
  CHECK(verify(result.output).empty());
}

TEST_CASE("signatures of the old RECORD are dropped, and that is said") {
  Scene scene({.behind = {{.name = "demo-1.0.dist-info/RECORD.jws", .content = "{}"},
                          {.name = "demo-1.0.dist-info/RECORD.p7s", .content = "x"}}});
  const auto result = scene.run();
  CHECK(notes_of(result) == std::vector<std::string>{"record-signature", "record-signature"});
  CHECK_FALSE(Wheel::open(result.output).find("demo-1.0+fix.1.dist-info/RECORD.jws").has_value());
  CHECK(verify(result.output).empty());
}

TEST_CASE("dist-info is put last and RECORD after it, whatever the source's order") {
  const TempFolder folder;
  auto items = WheelText{}.items();
  std::ranges::reverse(items);
  WheelEdit edit(Wheel::open(folder.write("demo-1.0-py3-none-any.whl", test::make_zip(items))));
  edit.set_local_label("x", LocalLabel::extend);
  const auto result = write(edit, {.dest_dir = folder / "out"});
  CHECK(names(Wheel::open(result.output)) ==
        std::vector<std::string>{"demo/__init__.py", "demo-1.0+x.dist-info/WHEEL",
                                 "demo-1.0+x.dist-info/METADATA", "demo-1.0+x.dist-info/RECORD"});
  CHECK(verify(result.output).empty());
}

TEST_CASE(
    "a name in code page 437 stays if its entry does, and becomes UTF-8 if its content is "
    "new") {
  Scene scene({.files = {{.name = "caf\x82.py", .content = "x"}, {.name = "th\x82.py", .content = "y"}},
               .record = test::record_row("caf\xc3\xa9.py", "x") + test::record_row("th\xc3\xa9.py", "y") +
                         "demo-1.0.dist-info/RECORD,,\n"});
  scene.edit.set_content("th\xc3\xa9.py", "new");
  const auto wheel = scene.result();
  CHECK(archive_of(wheel).entries()[*wheel.find("caf\xc3\xa9.py")].raw_name() == "caf\x82.py");
  CHECK(archive_of(wheel).entries()[*wheel.find("th\xc3\xa9.py")].raw_name() == "th\xc3\xa9.py");
  CHECK(wheel.read("th\xc3\xa9.py") == "new");
}

TEST_CASE("an output that is there is refused, the source always") {
  Scene scene;
  scene.run();
  CHECK_THROWS_WITH_AS(
      scene.run(),
      ((scene.folder / "out/demo-1.0+fix.1-py3-none-any.whl").string() + ": exists already").c_str(), Error);
  const auto before = test::slurp(scene.edit.wheel().path());
  WheelEdit unlabelled(scene.edit.wheel());
  CHECK_THROWS_AS(write(unlabelled, {.dest_dir = scene.folder.path(), .overwrite = true}), Error);
  CHECK(test::slurp(scene.edit.wheel().path()) == before);
}

TEST_CASE("a dry run tells the same and writes nothing") {
  Scene scene;
  auto options = scene.options();
  options.dry_run = true;
  const auto dry = write(scene.edit, options);
  CHECK_FALSE(std::filesystem::exists(scene.folder / "out"));
  const auto real = scene.run();
  CHECK(dry.changed == real.changed);
  CHECK(dry.output == real.output);
}

TEST_CASE("a cancelled write leaves nothing behind") {
  Scene scene({.files = {{.name = "demo/big", .content = std::string(1 << 20, 'x'), .method = 0}}});
  auto options = scene.options();
  options.progress = [](const Progress&) { return false; };
  CHECK_THROWS_AS(write(scene.edit, options), Error);
  CHECK_FALSE(std::filesystem::exists(scene.folder / "out"));
}

TEST_CASE("a write that is over at once can be cancelled too") {
  Scene scene;
  auto options = scene.options();
  int calls = 0;
  options.progress = [&](const Progress&) { return ++calls == 1; };
  CHECK_THROWS_AS(write(scene.edit, options), Error);
  CHECK_FALSE(std::filesystem::exists(scene.folder / "out"));
}

TEST_CASE("a .data folder that is new is renamed with the version too") {
  Scene scene;
  scene.edit.set_content("demo-1.0.data/scripts/run", "#!python\n");
  const auto wheel = scene.result();
  CHECK(wheel.find("demo-1.0+fix.1.data/scripts/run").has_value());
  CHECK(verify(wheel.path()).empty());
}

TEST_CASE("an edit that leaves no usable WHEEL is refused") {
  Scene scene;
  scene.edit.set_content("demo-1.0.dist-info/WHEEL", "Wheel-Version: 9.0\n");
  CHECK_THROWS_WITH_AS(scene.run(),
                       ((scene.folder / "out/demo-1.0+fix.1-py3-none-any.whl").string() +
                        ": demo-1.0+fix.1.dist-info/WHEEL: has Wheel-Version 9.0, and wheelfix knows 1.x")
                           .c_str(),
                       Error);
  CHECK_FALSE(std::filesystem::exists(scene.folder / "out"));
}

TEST_CASE("a hash with padding is right, one by md5 vouches for nothing") {
  const WheelText sound;
  const auto record = sound.items().back().content;
  const auto rest = record.substr(record.find('\n') + 1);
  Scene padded(
      {.record = "demo/__init__.py," + test::sha256_row_hash(sound.files[0].content) + "=,26\n" + rest});
  padded.edit.set_content("demo/__init__.py", "two = 2\n");
  CHECK(padded.run().notes.empty());
  Scene weak({.record = "demo/__init__.py,md5=AAAA,26\n" + rest});
  weak.edit.set_content("demo/__init__.py", "two = 2\n");
  CHECK_THROWS_WITH_AS(
      weak.run(),
      (weak.edit.wheel().path().string() +
       ": demo/__init__.py: RECORD has only its md5=AAAA hash; sha256 or stronger is required")
          .c_str(),
      Error);
}

TEST_CASE("what we compress ourselves is no bomb") {
  Scene scene;
  scene.edit.set_content("demo/zeros", std::string(20 << 20, '\0'));
  CHECK(Wheel::open(scene.run().output, {.max_ratio = 2000}).read("demo/zeros").size() == 20 << 20);
}

TEST_CASE("METADATA can't be left out") {
  Scene scene;
  scene.edit.remove("demo-1.0.dist-info/METADATA");
  CHECK_THROWS_AS(scene.run(), Error);
}
