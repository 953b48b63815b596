#include "zip/padding.hpp"

#include <doctest/doctest.h>

#include "support/temp_folder.hpp"
#include "support/zip_builder.hpp"
#include "zip/archive.hpp"
#include "zip/writer.hpp"

using namespace wheelfix;
using test::TempFolder;
using test::ZipItem;

namespace {

constexpr std::uint64_t large = 1 << 20;
const zip::Padding padding(4096);
const zip::Writer::Copied not_counted = [](std::uint64_t) {};
const auto unix_times = std::string("UT\5\0\3\1\2\3\4", 9);

/// As APPNOTE.TXT 4.6.10 has it, of `size` bytes with its tag.
std::string growth_hint(unsigned size) {
  std::string field("\x20\xA2");
  test::put16(field, size - 4);
  test::put16(field, 0xA028);
  test::put16(field, size - 8);
  return field + std::string(size - 8, '\0');
}

ZipItem large_item(std::string name) {
  return {.name = std::move(name), .content = std::string(large, 'x'), .method = 0};
}

struct Copy {
  zip::Archive source, written;

  /// Of all entries but the first, which have one place in both.
  bool keeps_offsets() const {
    for (std::size_t i = 1; i < written.entries().size(); ++i)
      if (written.entries()[i].data_offset % 4096 != source.entries()[i].data_offset % 4096) return false;
    return true;
  }
};

/// All `items` but the first, copied after an entry with `front` bytes of data.
Copy copied_after(const TempFolder& folder, const std::vector<ZipItem>& items, std::size_t front) {
  auto source = zip::Archive::open(folder.write("a.zip", test::make_zip(items)), {});
  AtomicFile file(folder / "b.zip", Existing::replace);
  zip::Writer writer(file, 1, 4096);
  const std::string data(front, 'f');
  zip::Entry header;
  header.path = "front";
  header.crc32 = wheelfix::crc32(0, data);
  header.size = header.compressed_size = front;
  writer.add(header, source.file(), {{.offset = 0, .size = front, .bytes = data}}, not_counted);
  std::vector<const zip::Entry*> run;
  for (std::size_t i = 1; i < items.size(); ++i) run.push_back(&source.entries()[i]);
  writer.copy_run(source.file(), run, not_counted);
  writer.finish("");
  file.commit(Durability::none);
  auto written = zip::Archive::open(folder / "b.zip", {});
  CHECK(written.findings().empty());
  for (std::size_t i = 1; i < items.size(); ++i)
    CHECK(written.read(written.entries()[i]) == items[i].content);
  return {std::move(source), std::move(written)};
}

std::string local_extra(const zip::Archive& archive, std::size_t entry) {
  return archive.with_local_extra(archive.entries()[entry]).local_extra;
}

}  // namespace

TEST_CASE("the field has as many bytes as a range must move, with its own eight at least") {
  CHECK(padding.before({.offset = 5000, .size = large}, 4892, 0) == growth_hint(108));
  CHECK(padding.before({.offset = 8, .size = large}, 4096, 0) == growth_hint(8));
  CHECK(padding.before({.offset = 7, .size = large}, 4096, 0) == growth_hint(4103));
  CHECK(padding.before({.offset = 0, .size = large}, 1, 0) == growth_hint(4095));
}

TEST_CASE("there is none for a range that keeps its offset, for a small one, and without an alignment") {
  CHECK(padding.before({.offset = 904, .size = large}, 904 + 3 * 4096, 0).empty());
  CHECK(padding.before({.offset = 100, .size = large - 1}, 0, 0).empty());
  CHECK(zip::Padding(0).before({.offset = 100, .size = large}, 0, 0).empty());
}

TEST_CASE("there is none if all extra fields would have more than 65,535 bytes") {
  CHECK(padding.before({.offset = 100, .size = large}, 0, 65'435) == growth_hint(100));
  CHECK(padding.before({.offset = 100, .size = large}, 0, 65'436).empty());
}

TEST_CASE("a wider alignment pads larger ranges only, and more") {
  const zip::Padding wide(65'536);
  CHECK(wide.before({.offset = 60'000, .size = 16 * large}, 0, 0) == growth_hint(60'000));
  CHECK(wide.before({.offset = 60'000, .size = 16 * large - 1}, 0, 0).empty());
}

TEST_CASE("a large copied run is padded by the local header of its first entry, whose other bytes stay") {
  constexpr unsigned shift = 302;  // by four more bytes of the name before, and 298 of its data
  for (const auto descriptor : {ZipItem::Descriptor::none, ZipItem::Descriptor::with_signature}) {
    const TempFolder folder;
    auto first = ZipItem{.name = "b", .content = "two", .descriptor = descriptor};
    first.local_extra = first.central_extra = unix_times;
    const auto copy = copied_after(folder, {{.name = "a"}, first, large_item("c")}, 300);
    CHECK(copy.keeps_offsets());
    CHECK(local_extra(copy.written, 1) == unix_times + growth_hint(4096 - shift));
    CHECK(copy.written.entries()[1].extra == unix_times);
    CHECK(local_extra(copy.written, 2).empty());
    const auto bytes = test::slurp(folder / "b.zip");
    const auto begin = bytes.find("PK\3\4", 4), end = bytes.find("PK\1\2");
    auto run = bytes.substr(begin, end - begin).erase(31 + unix_times.size(), 4096 - shift);
    run[28] = static_cast<char>(unix_times.size());
    run[29] = 0;
    CHECK(test::slurp(folder / "a.zip").find(run) != std::string::npos);
  }
}

TEST_CASE("a header's ZIP64 field stays") {
  const TempFolder folder;
  const ZipItem first = {.name = "b", .content = "two", .zip64 = true};
  const auto copy = copied_after(folder, {{.name = "a"}, first, large_item("c")}, 300);
  CHECK(copy.keeps_offsets());
  CHECK(local_extra(copy.written, 1) == growth_hint(4096 - 302));
  CHECK(test::slurp(folder / "b.zip").find(std::string("b\1\0\x10\0\3\0\0\0\0\0\0\0", 13)) !=
        std::string::npos);
}

TEST_CASE("padding that a header has is replaced, or removed if none is needed") {
  const TempFolder folder;
  const std::vector<ZipItem> items = {
      {.name = "a"}, {.name = "b", .local_extra = growth_hint(3000) + unix_times}, large_item("c")};
  const auto more = copied_after(folder, items, 300);
  CHECK(more.keeps_offsets());
  CHECK(local_extra(more.written, 1) == unix_times + growth_hint(3000 - 302));
  const auto none = copied_after(folder, items, 3000 - 2);
  CHECK(none.keeps_offsets());
  CHECK(local_extra(none.written, 1) == unix_times);
}

TEST_CASE("padding that is right stays, and a small run is copied with what it has") {
  const TempFolder folder;
  const ZipItem padded = {.name = "b", .local_extra = growth_hint(3000)};
  const auto copy = copied_after(folder, {{.name = "a"}, padded, large_item("c")}, 4096 - 2);
  CHECK(copy.keeps_offsets());
  CHECK(local_extra(copy.written, 1) == growth_hint(3000));
  CHECK(local_extra(copied_after(folder, {{.name = "a"}, padded}, 300).written, 1) == growth_hint(3000));
}

TEST_CASE("a run without room for padding in its first header is copied without") {
  const TempFolder folder;
  std::string extra("xx");
  test::put16(extra, 65'000 - 4);
  extra.resize(65'000);
  const auto copy =
      copied_after(folder, {{.name = "a"}, {.name = "b", .local_extra = extra}, large_item("c")}, 300);
  CHECK_FALSE(copy.keeps_offsets());
  CHECK(local_extra(copy.written, 1) == extra);
}

TEST_CASE("an entry under another header, and a large copied piece of one, keep their offset") {
  const TempFolder folder;
  const auto source = zip::Archive::open(folder.write("a.zip", test::make_zip({large_item("a")})), {});
  const auto& entry = source.entries()[0];
  AtomicFile file(folder / "b.zip", Existing::refuse);
  zip::Writer writer(file, 1, 4096);
  auto header = entry;
  header.path = "renamed";
  header.local_extra = growth_hint(77);
  writer.copy_data(source.file(), entry, header, not_counted);
  header.path = "spliced";
  header.size = header.compressed_size = large + 3 + 10;
  const std::string start(10, 'x'), end(3, 'x');
  header.crc32 = wheelfix::crc32(0, std::string(large + 13, 'x'));
  writer.add(header, source.file(),
             {{.offset = entry.data_offset, .size = 10, .bytes = start},
              {.offset = entry.data_offset, .size = large, .bytes = {}},
              {.offset = 0, .size = 3, .bytes = end}},
             not_counted);
  writer.finish("");
  const auto written = zip::Archive::open(file.reopen(), {});
  CHECK(written.findings().empty());
  CHECK(written.read(written.entries()[1]).size() == large + 13);
  CHECK(written.entries()[0].data_offset % 4096 == entry.data_offset % 4096);
  CHECK((written.entries()[1].data_offset + 10) % 4096 == entry.data_offset % 4096);
  CHECK(local_extra(written, 0) == growth_hint(4096 - 6));
}
