#include "zip/audit.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <wheelfix/error.hpp>

#include "support/temp_folder.hpp"
#include "support/zip_builder.hpp"
#include "zip/archive.hpp"
#include "zip/name_audit.hpp"
#include "zip/windows_name.hpp"

using namespace wheelfix;
using namespace std::string_literals;
using test::TempFolder;
using test::ZipItem;

namespace {

std::vector<Finding> findings_of_bytes(const std::string& bytes, const Limits& limits = {}) {
  const TempFolder folder;
  return zip::Archive::open(folder.write("a.zip", bytes), limits).findings();
}

std::vector<Finding> findings_of(const std::vector<ZipItem>& items, const Limits& limits = {}) {
  return findings_of_bytes(test::make_zip(items), limits);
}

/// The one finding that there must be.
Finding only(const std::vector<Finding>& findings) {
  std::string all;
  for (const auto& finding : findings)
    all += std::string(to_string(finding.code)) + ": " + finding.path.value_or("") + ": " + finding.message +
           "\n";
  INFO(all);
  REQUIRE(findings.size() == 1);
  return findings.front();
}

}  // namespace

TEST_CASE(
    "names that could lead out of the folder, or mean different files to different systems, are unsafe") {
  using zip::unsafe_name_reason;
  CHECK(unsafe_name_reason("") == "is empty"s);
  CHECK(unsafe_name_reason("/etc/passwd") == "is absolute"s);
  CHECK(unsafe_name_reason("a/../../b") == "climbs out with '..'"s);
  CHECK(unsafe_name_reason("..") == "climbs out with '..'"s);
  CHECK(unsafe_name_reason("a\\b") == "has a backslash"s);
  CHECK(unsafe_name_reason("C:x") == "begins with a drive letter"s);
  CHECK(unsafe_name_reason(std::string_view("a\0b", 3)) == "has a NUL"s);
  CHECK(unsafe_name_reason("a//b") == "has an empty component or '.'"s);
  CHECK(unsafe_name_reason("./a") == "has an empty component or '.'"s);
  CHECK(unsafe_name_reason("\xff") == "is not UTF-8"s);
  CHECK(unsafe_name_reason("a/" + std::string(256, 'x') + "/b") == "has a component of more than 255 bytes"s);
  CHECK(unsafe_name_reason("a/" + std::string(255, 'x') + "/b") == nullptr);
}

// Python 3.13's os.path.isreserved says the same of each, on Windows.
TEST_CASE("names that Windows can't hold are reported") {
  for (const auto* name :
       {"a/CON", "nul.txt", "Aux.tar.gz", "COM1", "lpt9.h/x", "com\xc2\xb2", "con .x", "CONIN$", "prn/"})
    CHECK(zip::windows_name_reason(name) == "is that of a device"s);
  for (const auto* name : {"a.", "a /b", "a/..."})
    CHECK(zip::windows_name_reason(name) == "has a dot or a space at the end"s);
  for (const auto* name : {"a:b", "a/b?", "x*", "<", "a|b", "\"q\""})
    CHECK(zip::windows_name_reason(name) == "has one of : * ? \" < > |"s);
  for (const auto* name :
       {"a/b/", "console.py", "com.py", "com0", "com10", "aux_.h", ".con", " con", "lpt", "a b"})
    CHECK(zip::windows_name_reason(name) == nullptr);
}

TEST_CASE("names that mislead, and entries that installers make something else of, are warnings") {
  const auto warned = [](const ZipItem& item) {
    const auto finding = only(findings_of({item}));
    CHECK(finding.severity == Severity::warning);
    return std::string(to_string(finding.code)) + ": " + finding.message;
  };
  CHECK(warned({.name = "a/nul"}) == "reserved-name: its name is that of a device, which Windows can't hold");
  for (const unsigned mode : {0010644U, 0020644U, 0060644U, 0140644U})
    CHECK(warned({.name = "a", .mode = mode}).starts_with("special-mode: is a FIFO, socket or device"));
  for (const unsigned mode : {0104755U, 0102755U, 0101644U})
    CHECK(warned({.name = "a", .mode = mode}).starts_with("special-mode: has the setuid"));
}

TEST_CASE("a name with characters that aren't seen is an error") {
  const auto turned = only(findings_of({{.name = "a\xe2\x80\xaex.py", .flags = 0x800}}));
  CHECK(turned.code == FindingCode::hidden_character);
  CHECK(turned.severity == Severity::error);
  CHECK(turned.message == "its name has \\u202e, which isn't visible");
  CHECK(only(findings_of({{.name = "a\nb"}})).message.starts_with("its name has \\x0a"));
}

TEST_CASE("a folder that its group owns, a name beyond ASCII and no mode at all are fine") {
  CHECK(findings_of({{.name = "a/", .mode = 042755}, {.name = "b", .mode = 0}, {.name = "c", .mode = 0755}})
            .empty());
  CHECK(findings_of({{.name = "gr\xc3\xbc\xc3\x9f", .flags = 0x800}}).empty());
}

TEST_CASE("names that only look odd are fine") {
  for (const auto* name :
       {"a", "a/b/", "a..b", "...", "a/..b", ".hidden", "sp ace", "caf\xc3\xa9", "CD:x", "x/C:"})
    CHECK(zip::unsafe_name_reason(name) == nullptr);
}

TEST_CASE("a sound archive has no findings") {
  CHECK(findings_of({{.name = "a/"}, {.name = "a/b", .content = "x"}, {.name = "c", .content = ""}}).empty());
}

TEST_CASE("each thing that is wrong with an archive has a finding of its own") {
  CHECK(only(findings_of({{.name = "a/../b"}})).code == FindingCode::unsafe_path);
  CHECK(only(findings_of({{.name = "a", .flags = 1}})).code == FindingCode::encrypted_entry);
  CHECK(only(findings_of({{.name = "a", .content = "xx", .method = 12}})).code ==
        FindingCode::unknown_method);
  CHECK(only(findings_of({{.name = "a", .flags = 0x20}})).code == FindingCode::unknown_method);
  const auto twins = only(findings_of({{.name = "a/Readme"}, {.name = "a/README"}}));
  CHECK(twins.code == FindingCode::case_fold_twins);
  CHECK(twins.message == "is the same path as a/Readme if case is ignored");
  const auto inside = only(findings_of({{.name = "a"}, {.name = "a/b"}}));
  CHECK(inside.code == FindingCode::file_is_directory);
  CHECK(inside.message == "is in a, which is a file");
}

TEST_CASE("an entry for which readers are too old is named") {
  auto bytes = test::make_zip({{.name = "a"}});
  const auto central = bytes.find("PK\1\2");
  bytes[central + 6] = 64;
  const auto finding = only(findings_of_bytes(bytes));
  CHECK(finding.code == FindingCode::unknown_method);
  CHECK(finding.message == "requires version 6.4 of the ZIP format, and readers know 6.3");
  bytes[central + 6] = 63;
  CHECK(findings_of_bytes(bytes).empty());
  bytes[4] = 64;
  CHECK(only(findings_of_bytes(bytes)).code == FindingCode::local_header_mismatch);
}

TEST_CASE("a comment that may hold an archive is an error") {
  test::ZipBuilder builder;
  builder.add({.name = "a"});
  builder.comment = "made by hand";
  CHECK(findings_of_bytes(builder.finish()).empty());
  builder.comment = "PK\6\7";
  CHECK(only(findings_of_bytes(builder.finish())).code == FindingCode::binary_comment);
}

TEST_CASE("a folder with content is an error") {
  const auto finding = only(findings_of({{.name = "a/", .content = "xx", .mode = 040755}}));
  CHECK(finding.code == FindingCode::folder_with_content);
  CHECK(finding.severity == Severity::error);
  CHECK(finding.message == "is a folder, but has 2 bytes of content, which installers drop or refuse");
}

TEST_CASE("a duplicate name is found") {
  const auto findings = findings_of({{.name = "a", .content = "1"}, {.name = "a", .content = "2"}});
  CHECK(std::ranges::count(findings, FindingCode::duplicate_entry, &Finding::code) == 1);
}

TEST_CASE("a symlink is a warning, for installers write its target's name as a file") {
  const auto finding = only(findings_of({{.name = "a", .content = "b", .mode = 0120777}}));
  CHECK(finding.code == FindingCode::symlink_entry);
  CHECK(finding.severity == Severity::warning);
}

TEST_CASE("a mode is believed only if the entry was made on a Unix") {
  CHECK(findings_of({{.name = "a", .content = "b", .mode = 0120777, .made_by = 0}}).empty());
}

TEST_CASE("bytes that belong to no entry are a warning") {
  const auto finding = only(findings_of({{.name = "a"}, {.name = "b", .prefix = "junk"}}));
  CHECK(finding.code == FindingCode::archive_gap);
  CHECK(finding.severity == Severity::warning);
  CHECK(finding.message.starts_with("4 bytes at offset "));
  CHECK(only(findings_of({{.name = "a", .prefix = "#!/usr/bin/python\n"}})).message ==
        "18 bytes at offset 0 belong to no entry");
}

TEST_CASE("local headers that disagree with the central directory are found") {
  const auto finding = only(findings_of({{.name = "a", .local_name = "b"}}));
  CHECK(finding.code == FindingCode::local_header_mismatch);
  CHECK(finding.path == "a");
  CHECK(finding.message == "the local header names it b");
}

TEST_CASE("a Unicode Path field with another name is found in either header") {
  const auto field = [](const std::string& name) {
    std::string extra;
    test::put16(extra, 0x7075);
    test::put16(extra, static_cast<unsigned>(5 + name.size()));
    return extra + std::string(5, '\1') + name;
  };
  CHECK(findings_of({{.name = "a", .local_extra = field("a"), .central_extra = field("a")}}).empty());
  CHECK(only(findings_of({{.name = "a", .local_extra = field("../b")}})).message ==
        "its Unicode Path field names it ../b");
  CHECK(only(findings_of({{.name = "a", .central_extra = field("../b")}})).code ==
        FindingCode::local_header_mismatch);
}

TEST_CASE("files and folders clash whatever lies between their names, and whatever their case") {
  CHECK(only(findings_of({{.name = "a"}, {.name = "a-b"}, {.name = "a.c"}, {.name = "A/x"}})).code ==
        FindingCode::file_is_directory);
  CHECK(findings_of({{.name = "a/"}, {.name = "a/b"}, {.name = "a-b"}, {.name = "ab/c"}}).empty());
  CHECK(only(findings_of({{.name = "a"}, {.name = "a/"}})).code == FindingCode::file_is_directory);
}

TEST_CASE("names that file systems may take for one are twins") {
  const auto findings_of_names = [](const std::string& one, const std::string& other) {
    return findings_of(
        {{.name = one, .flags = zip::flag::utf8_name}, {.name = other, .flags = zip::flag::utf8_name}});
  };
  const auto twin = only(findings_of_names("a/caf\u00E9.py", "a/CAFE\u0301.py"));
  CHECK(twin.code == FindingCode::case_fold_twins);
  CHECK(twin.path == "a/CAFE\u0301.py");
  CHECK(twin.message == "is the same path as a/caf\u00E9.py if case and Unicode's normal form are ignored");
  CHECK(only(findings_of_names("\u00DC", "\u00FC/x")).code == FindingCode::file_is_directory);
  CHECK(findings_of_names("caf\u00E9", "cafe").empty());
}

TEST_CASE("a name that no system takes is refused") {
  CHECK(zip::unsafe_name_reason(std::string(4097, 'x')) == "is longer than 4096 bytes"s);
  std::string deep;
  while (deep.size() < 4096) deep += "0123456/";
  CHECK(zip::unsafe_name_reason(deep) == nullptr);
}

TEST_CASE("every field that both headers have is compared") {
  const TempFolder folder;
  const auto sound = test::make_zip({{.name = "a", .content = "content"}});
  for (const std::size_t offset :
       {6UL, 8UL, 14UL, 18UL, 22UL}) {  // flags, method, CRC, compressed size, size
    auto bytes = sound;
    bytes[offset] ^= 0x08;
    CAPTURE(offset);
    const auto findings = zip::Archive::open(folder.write("a.zip", bytes), {}).findings();
    CHECK(std::ranges::any_of(findings, [](const Finding& f) {
      return f.code == FindingCode::local_header_mismatch && f.severity == Severity::error;
    }));
  }
}

TEST_CASE("a damaged data descriptor is found") {
  const TempFolder folder;
  auto bytes = test::make_zip(
      {{.name = "a", .content = "content", .descriptor = ZipItem::Descriptor::with_signature}});
  bytes[bytes.find("PK\7\x08") + 5] ^= 1;
  const auto findings = zip::Archive::open(folder.write("a.zip", bytes), {}).findings();
  CHECK(std::ranges::any_of(findings, [](const Finding& f) {
    return f.code == FindingCode::local_header_mismatch &&
           f.message == "its data descriptor is damaged, or disagrees with the central directory";
  }));
}

TEST_CASE("entries that share bytes overlap, as those of a ZIP bomb") {
  const TempFolder folder;
  auto bytes = test::make_zip({{.name = "a", .content = "content"}, {.name = "b", .content = "content"}});
  const auto second = bytes.find("PK\1\2", bytes.find("PK\1\2") + 1);
  bytes[second + 42] = 0;  // its offset: that of the first
  const auto findings = zip::Archive::open(folder.write("a.zip", bytes), {}).findings();
  CHECK(std::ranges::any_of(
      findings, [](const Finding& f) { return f.code == FindingCode::entries_overlap && f.path == "b"; }));
}

TEST_CASE("limits on size, ratio and count hold and can be raised") {
  const std::vector<ZipItem> bomb = {{.name = "a", .content = std::string(20 << 20, '\0')}};
  const auto finding = only(findings_of(bomb));
  CHECK(finding.code == FindingCode::limit_exceeded);
  CHECK(finding.message.find("more than 400 times its size: a ZIP bomb?") != std::string::npos);
  CHECK(findings_of(bomb, {.max_ratio = 2000}).empty());
  CHECK(only(findings_of({{.name = "a", .content = "12345"}}, {.max_entry_size = 4})).message ==
        "has 5 bytes, more than 4");
  CHECK_THROWS_AS(findings_of({{.name = "a"}, {.name = "b"}}, {.max_entries = 1}), Error);
}
