#include "zip/writer.hpp"

#include <doctest/doctest.h>

#include <wheelfix/error.hpp>

#include "deflate/compress.hpp"
#include "support/temp_folder.hpp"
#include "support/zip_builder.hpp"

using namespace wheelfix;
using test::TempFolder;
using test::ZipItem;

namespace {

const zip::Writer::Copied ignore = [](std::uint64_t) {};

zip::Entry new_entry(const std::string& name, const std::string& content, const std::string& data) {
  zip::Entry entry;
  entry.path = name;
  entry.version_made_by = 3 << 8 | 20;
  entry.method = 8;
  entry.crc32 = wheelfix::crc32(0, content);
  entry.size = content.size();
  entry.compressed_size = data.size();
  entry.external_attributes = 0100755U << 16;
  return entry;
}

/// An entry without content: a block of fixed codes that has none.
void add_empty(zip::Writer& writer, const zip::Archive& source, const std::string& name) {
  const std::string data("\3\0", 2);
  writer.add(new_entry(name, "", data), source.file(), {{.offset = 0, .size = 2, .bytes = data}}, ignore);
}

std::vector<const zip::Entry*> pointers(const zip::Archive& archive) {
  std::vector<const zip::Entry*> all;
  for (const auto& entry : archive.entries()) all.push_back(&entry);
  return all;
}

}  // namespace

TEST_CASE("a copied run lies in the new archive as it lay in the old one, to the bit") {
  const TempFolder folder;
  const std::string extra("\x55\x54\x05\x00\x01\x01\x02\x03\x04", 9);  // "UT": a modification time
  const auto bytes = test::make_zip(
      {{.name = "a", .content = "one", .dos_time = 0x1234, .local_extra = extra, .central_extra = extra},
       {.name = "b", .content = "two", .descriptor = ZipItem::Descriptor::with_signature},
       {.name = "c/", .mode = 040755},
       {.name = "caf\x82", .content = "stored", .method = 0}});
  const auto source = zip::Archive::open(folder.write("a.zip", bytes), {});
  AtomicFile file(folder / "b.zip", Existing::refuse);
  zip::Writer writer(file);
  writer.copy_run(source.file(), pointers(source), ignore);
  writer.finish(source.comment());
  file.commit(Durability::none);
  CHECK(test::slurp(folder / "b.zip") == bytes);
}

TEST_CASE("new and copied entries are read back by both readers with their names, modes and extra fields") {
  const TempFolder folder;
  const std::string extra("\x78\x75\x00\x00", 4);
  const auto source = zip::Archive::open(
      folder.write("a.zip", test::make_zip({{.name = "skipped", .content = "0"},
                                            {.name = "a",
                                             .content = "one",
                                             .descriptor = ZipItem::Descriptor::with_signature,
                                             .local_extra = extra,
                                             .central_extra = extra},
                                            {.name = "b", .content = "two", .zip64 = true}})),
      {});
  AtomicFile file(folder / "b.zip", Existing::refuse);
  zip::Writer writer(file);
  const std::string content = "new content, new content";
  const auto data = deflate(content, 6);
  writer.add(new_entry("caf\xc3\xa9", content, data), source.file(),
             {{.offset = 0, .size = data.size(), .bytes = data}}, ignore);
  auto header = source.with_local_extra(source.entries()[1]);
  header.path = "renamed";
  writer.copy_data(source.file(), source.entries()[1], header, ignore);
  writer.copy_run(source.file(), {&source.entries()[2]}, ignore);
  writer.finish("a comment");
  const auto written = zip::Archive::open(file.reopen(), {});
  CHECK(written.findings().empty());
  CHECK(written.comment() == "a comment");
  REQUIRE(written.entries().size() == 3);
  CHECK(written.entries()[0].path == "caf\xc3\xa9");
  CHECK((written.entries()[0].flags & zip::flag::utf8_name) != 0);
  CHECK(written.entries()[0].unix_mode() == 0100755);
  CHECK(written.read(written.entries()[0]) == content);
  CHECK(written.entries()[1].path == "renamed");
  CHECK((written.entries()[1].flags & zip::flag::data_descriptor) == 0);
  CHECK(written.entries()[1].extra == extra);
  CHECK(written.with_local_extra(written.entries()[1]).local_extra == extra);
  CHECK(written.read(written.entries()[1]) == "one");
  CHECK(written.read(written.entries()[2]) == "two");
}

TEST_CASE("copied ZIP64 fields are made again, and only if they are needed") {
  const TempFolder folder;
  const auto source = zip::Archive::open(
      folder.write("a.zip", test::make_zip({{.name = "b", .content = "two", .zip64 = true}})), {});
  AtomicFile file(folder / "b.zip", Existing::refuse);
  zip::Writer writer(file);
  writer.copy_run(source.file(), pointers(source), ignore);
  writer.finish("");
  file.commit(Durability::none);
  const auto bytes = test::slurp(folder / "b.zip");
  CHECK(bytes.substr(bytes.find("PK\1\2")).find(std::string("\1\0\x18\0", 4)) == std::string::npos);
  const auto written = zip::Archive::open(folder / "b.zip", {});
  CHECK(written.read(written.entries()[0]) == "two");
}

TEST_CASE("a new entry is made of bytes of the source and new ones") {
  const TempFolder folder;
  const std::string content = "stored as it is";
  const auto source = zip::Archive::open(
      folder.write("a.zip", test::make_zip({{.name = "a", .content = content, .method = 0}})), {});
  const auto begin = source.entries()[0].data_offset;
  AtomicFile file(folder / "b.zip", Existing::refuse);
  zip::Writer writer(file);
  const std::string edited = "stored AS it was";
  auto entry = new_entry("b", edited, edited);
  entry.method = 0;
  std::uint64_t copied = 0;
  writer.add(entry, source.file(),
             {{.offset = begin, .size = 7, .bytes = {}},
              {.offset = 0, .size = 2, .bytes = "AS"},
              {.offset = begin + 9, .size = 4, .bytes = {}},
              {.offset = 0, .size = 3, .bytes = "was"}},
             [&](std::uint64_t bytes) { copied += bytes; });
  writer.finish("");
  const auto written = zip::Archive::open(file.reopen(), {});
  CHECK(written.findings().empty());
  CHECK(written.read(written.entries().at(0)) == edited);
  CHECK(copied == 11);
}

TEST_CASE("an archive with more than 65,535 entries gets ZIP64's end records and is read again") {
  const TempFolder folder;
  const auto any = zip::Archive::open(folder.write("a.zip", test::make_zip({})), {});
  AtomicFile file(folder / "b.zip", Existing::refuse);
  zip::Writer writer(file);
  constexpr std::size_t count = 70'000;
  for (std::size_t i = 0; i < count; ++i) add_empty(writer, any, "e" + std::to_string(i));
  writer.finish("");
  const auto written = zip::Archive::open(file.reopen(), {});
  CHECK(written.findings().empty());
  REQUIRE(written.entries().size() == count);
  CHECK(written.entries().back().path == "e69999");
  CHECK(written.read(written.entries().back()).empty());
}

TEST_CASE("exactly 65,534 entries need no ZIP64, 65,535 do") {
  const TempFolder folder;
  const auto any = zip::Archive::open(folder.write("a.zip", test::make_zip({})), {});
  for (const std::size_t count : {65'534UL, 65'535UL}) {
    AtomicFile file(folder / "b.zip", Existing::replace);
    zip::Writer writer(file);
    for (std::size_t i = 0; i < count; ++i) add_empty(writer, any, std::to_string(i));
    writer.finish("");
    const auto bytes = file.reopen().read(file.size() - 200, 200);
    CHECK((bytes.find("PK\6\6") != std::string::npos) == (count == 65'535));
    CHECK(zip::Archive::open(file.reopen(), {}).entries().size() == count);
  }
}
