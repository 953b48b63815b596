#include "zip/archive.hpp"

#include <doctest/doctest.h>

#include <wheelfix/error.hpp>

#include "support/temp_folder.hpp"
#include "support/zip_builder.hpp"

using namespace wheelfix;
using test::TempFolder;
using test::ZipBuilder;
using test::ZipItem;

namespace {

std::string streamed(const zip::Archive& archive, const zip::Entry& entry) {
  Inflater inflater;
  std::string content;
  archive.stream(entry, inflater, [&](std::string_view piece) { content += piece; });
  return content;
}

const std::string text = "some text, some text, some text, and some more text\n";

}  // namespace

TEST_CASE("entries of every form that writers make are read by both readers") {
  using Descriptor = ZipItem::Descriptor;
  for (const unsigned method : {0U, 8U}) {
    for (const auto descriptor : {Descriptor::none, Descriptor::plain, Descriptor::with_signature,
                                  Descriptor::zip64, Descriptor::zip64_with_signature}) {
      for (const bool zip64 : {false, true}) {
        if (!zip64 && (descriptor == Descriptor::zip64 || descriptor == Descriptor::zip64_with_signature))
          continue;
        if (zip64 && (descriptor == Descriptor::plain || descriptor == Descriptor::with_signature)) continue;
        CAPTURE(method);
        CAPTURE(static_cast<int>(descriptor));
        CAPTURE(zip64);
        const TempFolder folder;
        const auto path = folder.write("a.zip", test::make_zip({{.name = "first",
                                                                 .content = text,
                                                                 .method = method,
                                                                 .descriptor = descriptor,
                                                                 .zip64 = zip64},
                                                                {.name = "second", .content = "2"}}));
        const auto archive = zip::Archive::open(path, {});
        for (const auto& finding : archive.findings()) FAIL_CHECK(finding.message);
        REQUIRE(archive.entries().size() == 2);
        const auto& entry = archive.entries()[0];
        CHECK(entry.path == "first");
        CHECK(entry.size == text.size());
        CHECK(entry.unix_mode() == 0100644);
        CHECK(entry.end_offset == archive.entries()[1].header_offset);
        CHECK(archive.read(entry) == text);
        CHECK(streamed(archive, entry) == text);
      }
    }
  }
}

TEST_CASE("an archive with ZIP64's end records is read") {
  const TempFolder folder;
  ZipBuilder builder;
  builder.zip64_end = true;
  builder.comment = "a comment";
  builder.add({.name = "a", .content = text});
  const auto archive = zip::Archive::open(folder.write("a.zip", builder.finish()), {});
  CHECK(archive.findings().empty());
  CHECK(archive.comment() == "a comment");
  CHECK(archive.read(archive.entries()[0]) == text);
}

TEST_CASE("a name without the UTF-8 flag is in code page 437, one with it in UTF-8") {
  const TempFolder folder;
  const auto archive = zip::Archive::open(
      folder.write("a.zip", test::make_zip({{.name = "caf\x82"}, {.name = "caf\xc3\xa9s", .flags = 0x800}})),
      {});
  CHECK(archive.findings().empty());
  CHECK(archive.entries()[0].path == "caf\xc3\xa9");
  CHECK(archive.entries()[0].raw_name() == "caf\x82");
  CHECK(archive.entries()[1].path == "caf\xc3\xa9s");
}

TEST_CASE("damaged content is an error that names file and entry, whether it is read whole or in pieces") {
  const TempFolder folder;
  auto bytes = test::make_zip({{.name = "pkg/a.py", .content = text, .method = 0}});
  bytes[bytes.find("some more")] = 'S';
  const auto archive = zip::Archive::open(folder.write("a.zip", bytes), {});
  const auto subject = (folder / "a.zip").string() + ": pkg/a.py";
  CHECK_THROWS_WITH_AS(archive.read(archive.entries()[0]),
                       doctest::Contains((subject + ": its content has the CRC-32 ").c_str()), Error);
  try {
    streamed(archive, archive.entries()[0]);
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.subject() == subject);
    CHECK(error.message().starts_with("its content has the CRC-32 "));
  }
}

TEST_CASE("content that is longer or shorter than the archive states is refused before it is all read") {
  const TempFolder folder;
  for (const std::uint64_t stated : {10UL, 1000UL}) {
    const auto archive = zip::Archive::open(
        folder.write("a.zip", test::make_zip({{.name = "a", .content = text, .stated_size = stated}})), {});
    CHECK_THROWS_AS(archive.read(archive.entries()[0]), Error);
    CHECK_THROWS_AS(streamed(archive, archive.entries()[0]), Error);
  }
}

TEST_CASE(
    "an entry whose local header leaves its CRC-32 to the descriptor and not its size is sound, as zip "
    "writes to a pipe") {
  const TempFolder folder;
  const auto bytes = test::make_zip({{.name = "a",
                                      .content = text,
                                      .descriptor = ZipItem::Descriptor::with_signature,
                                      .size_is_deferred = false}});
  const auto archive = zip::Archive::open(folder.write("a.zip", bytes), {});
  CHECK(archive.findings().empty());
  REQUIRE(archive.can_read());
  CHECK(archive.read(archive.entries()[0]) == text);
  auto wrong = bytes;
  wrong[bytes.find("PK\3\4") + 22] ^= 1;  // the size there
  CHECK(zip::Archive::open(folder.write("b.zip", wrong), {}).findings().at(0).code ==
        FindingCode::local_header_mismatch);
}

TEST_CASE("what libzip's consistency check refuses is a finding, even if our reader sees nothing wrong") {
  const TempFolder folder;
  auto bytes = test::make_zip({{.name = "a", .content = text}});
  bytes[bytes.find("PK\1\2") + 13] ^= 0x10;  // the central header's time: no reader of ours compares it
  int calls = 0;
  const auto archive = zip::Archive::open(folder.write("a.zip", bytes), {}, [&](const zip::Archive& read) {
    ++calls;
    CHECK(read.read(read.entries()[0]) == text);
  });
  CHECK(calls == 1);
  CHECK(!archive.can_read());
  REQUIRE(archive.findings().size() == 1);
  CHECK(archive.findings()[0].code == FindingCode::inconsistent_archive);
  CHECK(archive.findings()[0].severity == Severity::error);
}

TEST_CASE("an archive with an error isn't worked on meanwhile") {
  const TempFolder folder;
  for (const auto* name : {"../a", "../caf\x82"}) {
    int calls = 0;
    const auto archive = zip::Archive::open(folder.write("a.zip", test::make_zip({{.name = name}})), {},
                                            [&](const zip::Archive&) { ++calls; });
    CHECK(!archive.findings().empty());
    CHECK(calls == 0);
  }
  int calls = 0;
  zip::Archive::open(folder.write("a.zip", test::make_zip({{.name = "caf\x82"}})), {},
                     [&](const zip::Archive& read) {
                       ++calls;
                       CHECK(read.entries()[0].path == "caf\xc3\xa9");
                     });
  CHECK(calls == 1);
}

TEST_CASE("headers are read whether they are near each other or not") {
  const TempFolder folder;
  std::vector<ZipItem> items;
  std::vector<std::string> contents;
  for (std::size_t i = 0; i < 600; ++i) {
    contents.push_back(std::string(i % 7 == 0 ? i * 500 : i % 100, static_cast<char>('a' + i % 26)));
    items.push_back(
        {.name = "a/" + std::string(i % 200, 'x') + std::to_string(i),
         .content = contents.back(),
         .method = 0,
         .descriptor = i % 3 == 0 ? ZipItem::Descriptor::with_signature : ZipItem::Descriptor::none});
  }
  const auto archive = zip::Archive::open(folder.write("a.zip", test::make_zip(items)), {});
  for (const auto& finding : archive.findings()) FAIL_CHECK(finding.message);
  REQUIRE(archive.entries().size() == items.size());
  for (std::size_t i = 0; i < items.size(); ++i) CHECK(archive.read(archive.entries()[i]) == contents[i]);
}
