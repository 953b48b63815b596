#include "zip/entry_bytes.hpp"

#include <doctest/doctest.h>

#include <array>
#include <fstream>
#include <random>
#include <wheelfix/error.hpp>

#include "support/temp_folder.hpp"
#include "support/zip_builder.hpp"
#include "zip/archive.hpp"

using namespace wheelfix;
using test::TempFolder;

namespace {

// Over several of the inflater's buffers, and not so regular that all lies in one block.
std::string long_content(std::size_t size = 1'000'000) {
  std::mt19937 random(1);
  std::string content;
  while (content.size() < size) content += std::to_string(random() % 100'000) + "\n";
  return content;
}

}  // namespace

TEST_CASE("any range of an entry is read, in any order") {
  const TempFolder folder;
  const auto content = long_content();
  for (const unsigned method : {0U, 8U}) {
    const auto path =
        folder.write("a.zip", test::make_zip({{.name = "e", .content = content, .method = method}}));
    const auto archive = zip::Archive::open(path, {});
    Inflater inflater;
    zip::EntryBytes bytes(archive.file(), archive.entries()[0], inflater);
    CHECK(bytes.size() == content.size());
    std::mt19937 random(2);
    for (int i = 0; i < 60; ++i) {
      const auto offset = random() % content.size();
      const auto count =
          random() % std::min<std::size_t>(content.size() - offset + 1, i % 2 == 0 ? 400'000 : 50);
      CHECK(bytes.read(offset, count) == content.substr(offset, count));
    }
    CHECK(bytes.read(content.size(), 0).empty());
    CHECK(bytes.read(0, content.size()) == content);
    CHECK_THROWS_AS(bytes.read(content.size(), 1), OutOfBytes);
    CHECK_THROWS_AS(bytes.read(1, content.size()), OutOfBytes);
    CHECK(bytes.read_up_to(content.size() - 2, 100) == content.substr(content.size() - 2));
  }
}

TEST_CASE("an entry is skimmed front to back, with leaps, and read again where it was skimmed") {
  const TempFolder folder;
  const auto content = long_content();
  for (const unsigned method : {0U, 8U}) {
    const auto path =
        folder.write("a.zip", test::make_zip({{.name = "e", .content = content, .method = method}}));
    const auto archive = zip::Archive::open(path, {});
    Inflater inflater;
    zip::EntryBytes bytes(archive.file(), archive.entries()[0], inflater);
    std::string all;
    while (all.size() < content.size()) all += bytes.skim(all.size());
    CHECK(all == content);
    CHECK(bytes.skim(content.size()).empty());
    for (std::size_t offset = 1; offset < content.size(); offset += 300'000) {
      const auto piece = bytes.skim(offset);
      CHECK(!piece.empty());
      CHECK(piece == std::string_view(content).substr(offset, piece.size()));
    }
    CHECK(bytes.read(10, 20) == content.substr(10, 20));
  }
}

TEST_CASE("what was passed is reached from a snapshot before it, not from the start") {
  const TempFolder folder;
  const auto content = long_content(20'000'000);
  const auto path = folder.write("a.zip", test::make_zip({{.name = "e", .content = content, .method = 8}}));
  const auto archive = zip::Archive::open(path, {});
  Inflater inflater;
  zip::EntryBytes bytes(archive.file(), archive.entries()[0], inflater);
  CHECK(bytes.read(19'000'000, 10) == content.substr(19'000'000, 10));
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(archive.entries()[0].data_offset));
  file << std::string(100'000, '\xFF');
  file.close();
  for (const auto offset : std::array<std::size_t, 5>{9'000'000, 19'500'000, 5'000'000, 18'000'000, 4'600'000})
    CHECK(bytes.read(offset, 300'000) == content.substr(offset, 300'000));
  CHECK_THROWS_AS(bytes.read(10, 10), Error);
}

TEST_CASE("content that is shorter than the archive states is refused where it ends") {
  const TempFolder folder;
  const auto path =
      folder.write("a.zip", test::make_zip({{.name = "e", .content = "short", .stated_size = 1000}}));
  const auto archive = zip::Archive::open(path, {});
  Inflater inflater;
  zip::EntryBytes bytes(archive.file(), archive.entries()[0], inflater);
  CHECK(bytes.read(0, 5) == "short");
  try {
    bytes.read(0, 6);
    FAIL("is not refused");
  } catch (const Error& error) {
    CHECK(error.what() ==
          path.string() + ": e: its content is 5 bytes, not the 1000 that the archive states");
  }
}
