#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <wheelfix/compare.hpp>
#include <wheelfix/edit.hpp>
#include <wheelfix/error.hpp>

#include "support/wheel_builder.hpp"

using namespace wheelfix;
using test::TempFolder;
using test::WheelText;
using test::ZipItem;

namespace {

using Differences = std::set<Difference>;

WheelText three_files() {
  return {.files = {{.name = "demo/a.py", .content = std::string(100, 'a')},
                    {.name = "demo/b.py", .content = std::string(3'000'000, 'b')},
                    {.name = "demo/c.py", .content = "c"}}};
}

/// A source, and the same wheel with its items changed.
struct Pair {
  TempFolder folder;
  Wheel source;
  Wheel wheel;

  explicit Pair(const std::function<void(std::vector<ZipItem>&)>& change,
                const WheelText& text = three_files())
      : source(Wheel::open(text.write(folder))), wheel(Wheel::open(write(text, change))) {}

  std::filesystem::path write(const WheelText& text,
                              const std::function<void(std::vector<ZipItem>&)>& change) {
    auto items = text.items();
    change(items);
    std::filesystem::create_directory(folder / "new");
    const auto path = folder / "new" / text.file_name();
    std::ofstream(path, std::ios::binary) << test::make_zip(items);
    return path;
  }

  /// What differs of the entry that is changed, and that nothing else does.
  Differences how() const {
    const auto found = compare(source, wheel);
    REQUIRE(found.differ.size() == 1);
    CHECK(found.changed == std::set<std::string, std::less<>>{found.differ.front().path});
    return found.differ.front().how;
  }
};

Differences how_of(const std::function<void(ZipItem&)>& change, std::size_t item = 1) {
  return Pair([&](std::vector<ZipItem>& items) { change(items[item]); }).how();
}

const auto unix_times = std::string("UT\5\0\3\1\2\3\4", 9);

}  // namespace

TEST_CASE("a copy of a wheel doesn't differ in anything, on any number of threads") {
  const Pair pair([](auto&) {});
  for (const unsigned jobs : {1U, 3U}) {
    const auto found = compare(pair.source, pair.wheel, {.jobs = jobs});
    CHECK(found.entries == 6);
    CHECK(found.differ.empty());
    CHECK(found.renamed.empty());
    CHECK(found.changed.empty());
    CHECK_FALSE(found.has_other_comment);
  }
}

TEST_CASE("each field of an entry's headers counts") {
  CHECK(how_of([](ZipItem& item) { item.dos_time += 1; }) == Differences{Difference::time});
  CHECK(how_of([](ZipItem& item) { item.dos_date += 1; }) == Differences{Difference::time});
  CHECK(how_of([](ZipItem& item) { item.mode = 0100755; }) == Differences{Difference::attributes});
  CHECK(how_of([](ZipItem& item) { item.made_by = 19; }) == Differences{Difference::attributes});
  CHECK(how_of([](ZipItem& item) { item.central_extra = unix_times; }) ==
        Differences{Difference::extra_fields});
  CHECK(how_of([](ZipItem& item) { item.local_extra = unix_times; }) ==
        Differences{Difference::extra_fields});
  CHECK(how_of([](ZipItem& item) { item.flags = 0x800; }) == Differences{Difference::header});
  CHECK(how_of([](ZipItem& item) { item.descriptor = ZipItem::Descriptor::with_signature; }) ==
        Differences{Difference::header});
}

TEST_CASE("padding of a local header doesn't count, and fields beside it do") {
  const auto hint = std::string("\x20\xA2\x06\0\x28\xA0\2\0\0\0", 10);
  auto text = three_files();
  text.files[1].local_extra = unix_times;
  const auto with = [&](const std::string& extra) {
    return Pair([&](std::vector<ZipItem>& items) { items[1].local_extra = extra; }, text);
  };
  for (const auto& extra : {hint + unix_times, unix_times + hint}) {
    const auto pair = with(extra);
    CHECK(compare(pair.source, pair.wheel).differ.empty());
  }
  CHECK(with(hint).how() == Differences{Difference::extra_fields});
}

TEST_CASE("a data descriptor of another form is another header") {
  auto text = three_files();
  for (auto& file : text.files) file.descriptor = ZipItem::Descriptor::plain;
  const Pair pair([](auto& items) { items[2].descriptor = ZipItem::Descriptor::with_signature; }, text);
  CHECK(pair.how() == Differences{Difference::header});
}

TEST_CASE("the same content in other bytes is told from other content, of the same size too") {
  CHECK(how_of([](ZipItem& item) { item.method = 0; }) == Differences{Difference::compression});
  for (const std::size_t at : {0UL, 1'500'000UL, 2'999'999UL})
    CHECK(how_of([&](ZipItem& item) { item.content[at] = 'x'; }) == Differences{Difference::content});
  CHECK(how_of([](ZipItem& item) { item.content += "more"; }) == Differences{Difference::content});
}

TEST_CASE("entries are found at another offset, and those that moved are as few as can be") {
  const Pair longer([](auto& items) { items[0].content += "more"; });
  CHECK(compare(longer.source, longer.wheel).differ ==
        std::vector<EntryDifference>{{"demo/a.py", {Difference::content}}});
  const Pair moved([](auto& items) { std::rotate(items.begin(), items.begin() + 1, items.begin() + 3); });
  CHECK(compare(moved.source, moved.wheel).differ ==
        std::vector<EntryDifference>{{"demo/a.py", {Difference::order}}});
  const Pair first([](auto& items) { std::rotate(items.begin(), items.begin() + 2, items.begin() + 3); });
  CHECK(compare(first.source, first.wheel).differ ==
        std::vector<EntryDifference>{{"demo/c.py", {Difference::order}}});
}

TEST_CASE("added and removed entries are listed, the removed ones last") {
  const Pair pair([](auto& items) {
    items.erase(items.begin());
    items.insert(items.begin() + 1, {.name = "demo/new.py", .content = "new"});
  });
  CHECK(compare(pair.source, pair.wheel).differ ==
        std::vector<EntryDifference>{{"demo/new.py", {Difference::added}},
                                     {"demo/a.py", {Difference::removed}}});
}

TEST_CASE("a new version renames dist-info, and changes METADATA's Version and RECORD's rows alone") {
  const TempFolder folder;
  auto text = three_files();
  text.files.push_back({.name = "demo-1.0.data/scripts/run", .content = "#!python\n", .mode = 0100755});
  WheelEdit edit(Wheel::open(text.write(folder)));
  edit.set_local_label("fix.1");
  edit.set_content("demo/a.py", "changed");
  const auto wheel = Wheel::open(write(edit, {.dest_dir = folder / "out"}).output);
  const auto found = compare(edit.wheel(), wheel);
  CHECK(found.renamed ==
        std::vector<EntryDifference>{{"demo-1.0+fix.1.data/scripts/run", {Difference::renamed}},
                                     {"demo-1.0+fix.1.dist-info/WHEEL", {Difference::renamed}}});
  REQUIRE(found.differ.size() == 3);
  CHECK(found.differ[0] == EntryDifference{"demo/a.py", {Difference::content}});
  CHECK(found.differ[1] ==
        EntryDifference{"demo-1.0+fix.1.dist-info/METADATA", {Difference::version, Difference::renamed}});
  CHECK(found.differ[2] ==
        EntryDifference{"demo-1.0+fix.1.dist-info/RECORD", {Difference::rows, Difference::renamed}});
  CHECK(verify_changes(edit.wheel(), wheel, found).empty());
}

TEST_CASE(
    "a row of RECORD for an entry that doesn't differ is a change of RECORD's content, and is checked") {
  const TempFolder folder;
  const auto source = Wheel::open(three_files().write(folder));
  auto lying = three_files();
  lying.record = source.read("demo-1.0.dist-info/RECORD");
  const auto row = lying.record.find("demo/c.py,sha256=");
  REQUIRE(row != std::string::npos);
  lying.record[row + 17] = lying.record[row + 17] == 'A' ? 'B' : 'A';
  std::filesystem::create_directory(folder / "new");
  const auto path = folder / "new" / lying.file_name();
  std::ofstream(path, std::ios::binary) << test::make_zip(lying.items());
  const auto wheel = Wheel::open(path);
  const auto found = compare(source, wheel);
  CHECK(found.differ == std::vector<EntryDifference>{{"demo-1.0.dist-info/RECORD", {Difference::content}}});
  CHECK(found.changed.contains("demo/c.py"));
  const auto findings = verify_changes(source, wheel, found);
  REQUIRE(findings.size() == 1);
  CHECK(findings.front().code == FindingCode::record_hash_mismatch);
}

TEST_CASE("what the source has too is no finding, and what it hasn't is one") {
  auto text = three_files();
  text.wheel_file = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py2-none-any\n";
  const Pair same([](auto&) {}, text);
  CHECK_FALSE(verify(same.source.path()).empty());
  CHECK(verify_changes(same.source, same.wheel, compare(same.source, same.wheel)).empty());
  const Pair other([](auto& items) { items[1].content[5] = 'x'; }, text);
  const auto findings = verify_changes(other.source, other.wheel, compare(other.source, other.wheel));
  REQUIRE(findings.size() == 1);
  CHECK(findings.front().code == FindingCode::record_hash_mismatch);
}

TEST_CASE("bytes that belong to no entry are a finding, also if the source has some") {
  auto text = three_files();
  text.files[1].prefix = "gap";
  const Pair pair([](auto& items) { items[1].prefix = "other"; }, text);
  const auto findings = verify_changes(pair.source, pair.wheel, compare(pair.source, pair.wheel));
  REQUIRE(findings.size() == 1);
  CHECK(findings.front().code == FindingCode::archive_gap);
}

TEST_CASE("a wheel of another project is refused") {
  const TempFolder folder;
  const auto demo = Wheel::open(WheelText{}.write(folder));
  const auto other = Wheel::open(WheelText{.name = "other"}.write(folder));
  CHECK_THROWS_WITH_AS(compare(demo, other), doctest::Contains("is a wheel of another project"), Error);
}
