#include <doctest/doctest.h>

#include <algorithm>
#include <wheelfix/error.hpp>
#include <wheelfix/verify.hpp>

#include "support/wheel_builder.hpp"

using namespace wheelfix;
using test::TempFolder;
using test::WheelText;
using test::ZipItem;

namespace {

/// The codes of what is found, in order.
std::vector<std::string> codes(const std::vector<Finding>& findings) {
  std::vector<std::string> codes;
  for (const auto& finding : findings) codes.emplace_back(to_string(finding.code));
  return codes;
}

std::vector<std::string> codes_of(const WheelText& text) {
  const TempFolder folder;
  return codes(verify(text.write(folder)));
}

using Codes = std::vector<std::string>;

const std::string own_row = "demo-1.0.dist-info/RECORD,,\n";

/// The RECORD that a WheelText makes, with a text in it replaced.
std::string record_with(const WheelText& text, const std::string& from, const std::string& to) {
  auto record = text.items().back().content;
  const auto at = record.find(from);
  REQUIRE(at != std::string::npos);
  return record.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a sound wheel has no findings, on any number of threads") {
  const TempFolder folder;
  const auto path = WheelText{}.write(folder);
  for (const unsigned jobs : {1U, 2U, 8U}) CHECK(verify(path, {.jobs = jobs}).empty());
}

TEST_CASE("what can't be opened is one finding") {
  const TempFolder folder;
  const auto findings = verify(folder.write("demo-1.0-py3-none-any.whl", "not a zip"));
  REQUIRE(findings.size() == 1);
  CHECK(findings[0] == Finding{FindingCode::unreadable,
                               Severity::error,
                               (folder / "demo-1.0-py3-none-any.whl").string(),
                               {},
                               "is not a ZIP archive, so not a wheel",
                               "download the wheel again and compare its hash"});
  CHECK(codes(verify(folder / "none.whl")) == Codes{"unreadable"});
}

TEST_CASE("names, dist-info, METADATA and WHEEL are compared") {
  const TempFolder folder;
  std::filesystem::rename(WheelText{}.write(folder), folder / "demo.whl");
  CHECK(codes(verify(folder / "demo.whl")) == Codes{"bad-file-name"});
  CHECK(codes_of({.metadata = "Name: other\nVersion: 2\n"}) ==
        Codes{"metadata-mismatch", "metadata-mismatch"});
  CHECK(codes_of({.metadata = "Name: demo\nVersion: 1.0\nstray\nRequires-Dist: lost\n"}) ==
        Codes{"stray-header-line"});
  CHECK(codes_of({.metadata = "Name:\n demo\nVersion: 1.0\n"}) == Codes{"metadata-mismatch"});
  CHECK(codes_of({.metadata = "no header\n"}) == Codes{"metadata-unreadable"});
  CHECK(codes_of({.wheel_file = "no header\n"}) == Codes{"wheel-file-unreadable"});
  std::filesystem::rename(WheelText{}.write(folder), folder / "demo-2.0-py3-none-any.whl");
  CHECK(codes(verify(folder / "demo-2.0-py3-none-any.whl")) ==
        Codes{"dist-info-mismatch", "metadata-mismatch"});
  CHECK(codes_of({.wheel_file = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py2-none-any\n"}) ==
        Codes{"tags-mismatch"});
  CHECK(codes_of({.tag = "py2.py3-none-any"}) ==
        Codes{});  // its WHEEL has the compressed set in one line, as ruff's
  CHECK(codes_of(
            {.build = "7", .wheel_file = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}) ==
        Codes{"build-mismatch"});
  CHECK(codes_of({.build = "7"}) == Codes{});
  CHECK(codes_of({.wheel_file = "Wheel-Version: 1.0\nTag: py3-none-any\n"}) == Codes{"root-is-purelib"});
  CHECK(codes_of({.wheel_file = "Wheel-Version: 1.9\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}) ==
        Codes{"wheel-version"});
}

TEST_CASE("a Wheel-Version is 1.0, or a warning if all take it, or an error") {
  const auto told = [](const std::string& line) {
    const TempFolder folder;
    const auto findings =
        verify(WheelText{.wheel_file = line + "\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}.write(folder));
    if (findings.empty()) return std::string();
    REQUIRE(codes(findings) == Codes{"wheel-version"});
    return std::string(to_string(findings[0].severity)) + ": " + findings[0].message;
  };
  CHECK(told("Wheel-Version: 1.0").empty());
  CHECK(told("Wheel-Version: 1.0.0") == "warning: has Wheel-Version 1.0.0, newer than 1.0");
  CHECK(told("Wheel-Version: 0.1") == "warning: has Wheel-Version 0.1, older than 1.0");
  CHECK(told("Wheel-Version: 2.0") == "error: has Wheel-Version 2.0, and wheelfix knows 1.x");
  CHECK(told("Wheel-Version: 0.9") == "error: has Wheel-Version 0.9, older than 1.0");
  CHECK(told("wheel-version: 1.0") == "error: spells Wheel-Version differently");
  for (const std::string text : {"", "1", "v1.0", "1.x", "1.", ".1", "1.0a1", "+1.0"})
    CHECK(told("Wheel-Version: " + text) == "error: has no Wheel-Version like 1.0, but '" + text + "'");
  CHECK(told("Generator: x") == "error: has no Wheel-Version like 1.0, but ''");
}

TEST_CASE("requirements and entry points that installers refuse are reported with their text and line") {
  const TempFolder folder;
  const auto only = [&](const WheelText& text) {
    const auto findings = verify(text.write(folder));
    REQUIRE(findings.size() == 1);
    return std::string(to_string(findings[0].severity)) + ": " + std::string(to_string(findings[0].code)) +
           ": " + findings[0].message;
  };
  const auto with_metadata = [&](const std::string& lines) {
    return only({.metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n" + lines +
                             "\n\nRequires-Dist: body\n x\n"});
  };
  CHECK(with_metadata("Requires-Dist: dep (>=1") ==
        "error: requires-dist-unreadable: Requires-Dist 'dep (>=1' ends where a ')' should be");
  CHECK(with_metadata("requires-dist: dep\n >=1") ==
        "error: requires-dist-unreadable: line 5 continues a Requires-Dist");
  CHECK(with_metadata("Requires-Python: ^3.6") ==
        "error: requires-python-unreadable: Requires-Python '^3.6' isn't a set of version specifiers");
  CHECK(with_metadata("Requires-Python: ,>=3").starts_with("error: requires-python-unreadable"));
  CHECK(with_metadata("Requires-Python: >=3.6.*").starts_with("warning: requires-python-unreadable"));
  CHECK(only({.files = {{.name = "demo-1.0.dist-info/entry_points.txt",
                         .content = "[console_scripts]\nrun = demo\n"}}}) ==
        "error: entry-points: line 2 the script run isn't module:callable, but 'demo'");
}

TEST_CASE("an archive without exactly one dist-info is no wheel") {
  const TempFolder folder;
  CHECK(codes(verify(folder.write("demo-1.0-py3-none-any.whl", test::make_zip({{.name = "a"}})))) ==
        Codes{"no-dist-info"});
  CHECK(codes_of({.files = {{.name = "x-1.dist-info/METADATA", .content = "x"}}}) == Codes{"two-dist-info"});
}

TEST_CASE("RECORD is compared with the entries both ways") {
  const WheelText sound;
  CHECK(codes_of({.record_tail = "gone.py,sha256=AAA,3\n"}) == Codes{"record-missing-entry"});
  CHECK(codes_of({.behind = {{.name = "demo/late.py", .content = "x"}}}) ==
        Codes{"entry-order", "record-missing-row"});
  CHECK(codes_of({.record = record_with(sound, "demo/__init__.py,sha256=", "demo/__init__.py,sha256=A")}) ==
        Codes{"record-hash-mismatch"});
  CHECK(codes_of({.record = record_with(sound, ",26\n", ",27\n")}) == Codes{"record-size-mismatch"});
  CHECK(codes_of({.record = record_with(sound, own_row, "demo-1.0.dist-info/RECORD,sha256=AAA,9\n")}) ==
        Codes{"record-self-hash"});
  CHECK(codes_of({.record = record_with(sound, own_row,
                                        test::record_row("demo/__init__.py", sound.files[0].content) +
                                            own_row)}) == Codes{"record-duplicate-row"});
  CHECK(codes_of({.record_tail = "demo/,,\n"}) == Codes{"record-directory"});
  CHECK(codes_of({.record = "not, csv, at, all\n"}) == Codes{"record-unreadable"});
}

TEST_CASE("a row needs a hash by SHA-256 or stronger") {
  const WheelText sound;
  const auto row = test::record_row("demo/__init__.py", sound.files[0].content);
  CHECK(codes_of({.record = record_with(sound, row, "demo/__init__.py,,26\n")}) == Codes{"record-no-hash"});
  CHECK(codes_of({.record = record_with(sound, row, "demo/__init__.py,md5=AAAA,26\n")}) ==
        Codes{"record-weak-hash"});
  CHECK(codes_of({.record = record_with(sound, row, "demo/__init__.py,sha512=AAAA,26\n")}) ==
        Codes{"record-hash-mismatch"});
}

TEST_CASE("a hash in hexadecimal or with padding is reported as that, and still compared") {
  const WheelText sound;
  const auto row = test::record_row("demo/__init__.py", sound.files[0].content);
  const std::string hexadecimal =
      "8863d7897b3039ecbdd0531a4932ef0158906600b5404bfde7c425e7d7a9905a";  // by sha256sum
  const auto codes_with = [&](const std::string& hash) {
    return codes_of({.record = record_with(sound, row, "demo/__init__.py,sha256=" + hash + ",26\n")});
  };
  CHECK(codes_with(hexadecimal) == Codes{"record-hash-form"});
  CHECK(codes_with("F" + hexadecimal.substr(1)) == Codes{"record-hash-form", "record-hash-mismatch"});
  CHECK(codes_with(test::sha256_row_hash(sound.files[0].content).substr(7) + "=") ==
        Codes{"record-hash-form"});
}

TEST_CASE("a path in RECORD may begin with ./") {
  const WheelText sound;
  CHECK(codes_of({.record = record_with(sound, "demo/__init__.py", "./demo/__init__.py")}) == Codes{});
}

TEST_CASE("a blank line in RECORD is an error, because pip fails on it") {
  const WheelText sound;
  CHECK(codes_of({.record = record_with(sound, own_row, own_row + "\n")}) == Codes{"record-blank-line"});
}

TEST_CASE("texts of dist-info that are not UTF-8 are reported with the place") {
  const TempFolder folder;
  const WheelText latin{.metadata = "Name: demo\nVersion: 1.0\nAuthor: Ren\xe9\n"};
  const auto findings = verify(latin.write(folder));
  REQUIRE(codes(findings) == Codes{"not-utf8"});
  CHECK(findings[0].path == "demo-1.0.dist-info/METADATA");
  CHECK(findings[0].message == "is not UTF-8, first in line 3");
  CHECK(codes_of({.files = {{.name = "demo-1.0.dist-info/entry_points.txt", .content = "[\xff]\n"}}}) ==
        Codes{"not-utf8"});
}

TEST_CASE(
    "files at the top that end like folders of the wheel are reported, because pip takes them as such") {
  CHECK(codes_of({.files = {{.name = "x.data", .content = "x"}}}) == Codes{"data-scheme"});
  CHECK(codes_of({.files = {{.name = "x.dist-info", .content = "x"}}}) == Codes{"two-dist-info"});
}

TEST_CASE("signatures of RECORD need no row") {
  CHECK(codes_of({.behind = {{.name = "demo-1.0.dist-info/RECORD.jws", .content = "{}"}}}) == Codes{});
}

TEST_CASE("damaged content is found, and the other entries are checked still") {
  const TempFolder folder;
  const WheelText text{.files = {{.name = "demo/a.py", .content = "first, to be damaged", .method = 0},
                                 {.name = "demo/b.py", .content = "second"}},
                       .record_tail = "x,sha256=A,1\n"};
  auto bytes = test::make_zip(text.items());
  bytes[bytes.find("damaged")] = 'D';
  const auto findings = verify(folder.write(text.file_name(), bytes));
  CHECK(codes(findings) == Codes{"record-missing-entry", "damaged-entry"});
  CHECK(findings[1].path == "demo/a.py");
}

TEST_CASE(".data has the wheel's own name, and folders that installers know") {
  CHECK(
      codes_of({.files = {{.name = "demo-1.0.data/scripts/run", .content = "#!python", .mode = 0100755}}}) ==
      Codes{});
  CHECK(codes_of({.files = {{.name = "demo-1.0.data/bin/run", .content = "x"}}}) == Codes{"data-scheme"});
  CHECK(codes_of({.files = {{.name = "demo-0.9.data/scripts/run", .content = "x"}}}) ==
        Codes{"data-dir-mismatch"});
  CHECK(codes_of({.files = {{.name = "demo-1.0.0.data/scripts/run", .content = "x"}}}) ==
        Codes{"data-dir-mismatch"});
  CHECK(codes_of({.files = {{.name = "Demo-1.0.data/scripts/run", .content = "x"}}}) ==
        Codes{"data-dir-mismatch"});
  CHECK(codes_of({.files = {{.name = "other.data/x", .content = "x"}}}) == Codes{"data-dir-mismatch"});
  CHECK(codes_of({.files = {{.name = "Demo-1.0.data/purelib/a", .content = "x"},
                            {.name = "demo-1.0.data/purelib/a", .content = "x"}}}) ==
        Codes{"case-fold-twins", "data-dir-mismatch"});
}

TEST_CASE("two entries that are installed as one file are found") {
  const TempFolder folder;
  const WheelText text{.files = {{.name = "demo/a.py", .content = "1"},
                                 {.name = "demo-1.0.data/purelib/demo/a.py", .content = "2"},
                                 {.name = "demo-1.0.data/platlib/demo/b.py", .content = "3"},
                                 {.name = "demo-1.0.data/scripts/a.py", .content = "4"}}};
  const auto findings = verify(text.write(folder));
  REQUIRE(codes(findings) == Codes{"installed-twice"});
  CHECK(findings[0].severity == Severity::error);
  CHECK(findings[0].path == "demo-1.0.data/purelib/demo/a.py");
  CHECK(findings[0].message == "is installed as the same file as demo/a.py");
}

TEST_CASE("tags in upper case are an error") {
  const TempFolder folder;
  const auto findings = verify(WheelText{.tag = "PY3-none-any"}.write(folder));
  REQUIRE(codes(findings) == Codes{"bad-file-name"});
  CHECK(findings[0].message == "has tags in upper case");
}

TEST_CASE("extra fields that readers stumble over are an error") {
  const std::string one("\x77\x63\x01\x00x", 5);
  const std::string sizes("\x01\x00\x10\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00",
                          20);
  const auto with_extra = [&](const std::string& local, const std::string& central) {
    return codes_of({.files = {{.name = "demo/a",
                                .content = "x",
                                .method = 0,
                                .local_extra = local,
                                .central_extra = central}}});
  };
  CHECK(with_extra(one, one) == Codes{});
  CHECK(with_extra(one + one, "") == Codes{"bad-extra-field"});
  CHECK(with_extra("", one + one) == Codes{"bad-extra-field"});
  CHECK(with_extra(sizes, "") == Codes{});  // what the header says too
  CHECK(with_extra("", sizes) == Codes{"bad-extra-field"});
}

TEST_CASE("what a reader of the stream stumbles over is an error") {
  const auto with_descriptor = [](unsigned method, ZipItem::Descriptor descriptor) {
    return codes_of(
        {.files = {{.name = "demo/a", .content = "x", .method = method, .descriptor = descriptor}}});
  };
  CHECK(with_descriptor(8, ZipItem::Descriptor::with_signature) == Codes{});
  CHECK(with_descriptor(8, ZipItem::Descriptor::zip64_with_signature) == Codes{"stream-unreadable"});
  CHECK(with_descriptor(0, ZipItem::Descriptor::plain) == Codes{"stream-unreadable"});
  const TempFolder folder;
  const auto findings = verify(WheelText{.files = {{.name = "demo/a", .prefix = "gap"}}}.write(folder));
  REQUIRE(codes(findings) == Codes{"archive-gap"});
  CHECK(findings[0].severity == Severity::error);
}

TEST_CASE("dist-info that isn't last is a note, because the specification only recommends it") {
  const TempFolder folder;
  auto items = WheelText{}.items();
  std::rotate(items.begin(), items.begin() + 1, items.end());
  const auto findings = verify(folder.write("demo-1.0-py3-none-any.whl", test::make_zip(items)));
  REQUIRE(codes(findings) == Codes{"entry-order"});
  CHECK(findings[0].severity == Severity::note);
  CHECK(findings[0].path == "demo/__init__.py");
}

TEST_CASE("structure is reported along with the rest") {
  CHECK(codes_of({.files = {{.name = "demo/a", .content = "x", .flags = 1}}}) == Codes{"encrypted-entry"});
  CHECK(codes_of({.files = {{.name = "demo/a", .content = "b", .mode = 0120777}}}) == Codes{"symlink-entry"});
}

TEST_CASE("names that Windows can't hold are reported for wheels that are for it") {
  for (const auto* tag : {"py3-none-any", "py3-none-win_amd64", "py3-none-linux_x86_64.win32"}) {
    CAPTURE(tag);
    CHECK(codes_of({.tag = tag, .files = {{.name = "demo/aux.h"}}}) == Codes{"reserved-name"});
  }
  for (const auto* tag : {"py3-none-linux_x86_64", "py3-none-manylinux_2_17_x86_64.musllinux_1_1_x86_64",
                          "py3-none-macosx_11_0_arm64"}) {
    CAPTURE(tag);
    CHECK(codes_of({.tag = tag, .files = {{.name = "demo/aux.h"}}}) == Codes{});
  }
}

TEST_CASE("a check that is cancelled throws") {
  const TempFolder folder;
  const WheelText big{.files = {{.name = "demo/big", .content = std::string(4 << 20, 'x')}}};
  CHECK_THROWS_AS(verify(big.write(folder), {.progress = [](const Progress&) { return false; }}), Error);
}

TEST_CASE(
    "a name beyond ASCII without the flag of UTF-8 is an error, because pip and uv read it differently") {
  WheelText text;
  text.files.push_back({.name = "caf\x82.py", .content = "x"});
  CHECK(std::ranges::count(codes_of(text), "unflagged-name") == 1);
  text.files.back() = {.name = "caf\xc3\xa9.py", .content = "x", .flags = 0x800};
  CHECK(codes_of(text).empty());
}
