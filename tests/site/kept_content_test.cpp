#include "site/kept_content.hpp"

#include <doctest/doctest.h>

#include <wheelfix/error.hpp>

#include "support/temp_folder.hpp"

using namespace wheelfix;
using test::TempFolder;

namespace fs = std::filesystem;

namespace {

std::string original(const fs::path& site, const AppliedFile& file) {
  std::string bytes;
  stream_original(site, file, [&](std::string_view piece) { bytes += piece; });
  return bytes;
}

/// A file whose content is kept, and then replaced.
AppliedFile kept_and_replaced(const TempFolder& temporary, const std::string& before,
                              const std::string& after, KeptContent kept) {
  const auto site = fs::canonical(temporary.path());
  temporary.write("lib.so", before);
  AppliedFile file{
      .path = "lib.so", .before = AppliedState{.hash = {}, .size = before.size()}, .after = {}, .kept = {}};
  std::string bytes;
  content_to_keep(site, file, kept)([&](std::string_view piece) { bytes += piece; });
  temporary.write(kept.file, bytes);
  temporary.write("lib.so", after);
  file.kept = std::move(kept);
  return file;
}

}  // namespace

TEST_CASE("ranges are those of the old content, joined") {
  const ContentEdits edits{{{2, "ab"}, {8, "cd"}, {12, "x"}}, "appended"};
  CHECK(changed_ranges(edits, 9, {}) == ByteRanges{{2, 2}, {8, 1}});
  CHECK(changed_ranges(edits, 100, {{0, 2}, {9, 5}}) == ByteRanges{{0, 4}, {8, 6}});
  CHECK(changed_ranges({}, 100, {}).empty());
}

TEST_CASE("what is kept gives the old content back") {
  const TempFolder temporary;
  const auto site = fs::canonical(temporary.path());
  std::string before(3 << 20, 'a');
  for (std::size_t i = 0; i < before.size(); ++i) before[i] = static_cast<char>(i * i / 7);
  auto after = before + "grown";
  const std::uint64_t seam = 1 << 20;
  for (const auto at :
       {std::uint64_t{0}, seam - 2, seam - 1, seam, seam + 1, std::uint64_t{before.size()} - 1})
    after[at] = static_cast<char>(after[at] + 1);
  const ByteRanges ranges{{0, 1}, {seam - 2, 4}, {before.size() - 1, 1}};
  for (const auto& kept : {KeptContent{.how = KeptContent::How::ranges, .file = "k/0", .ranges = ranges},
                           KeptContent{.how = KeptContent::How::deflated, .file = "k/1"},
                           KeptContent{.how = KeptContent::How::stored, .file = "k/2"}}) {
    const auto file = kept_and_replaced(temporary, before, after, kept);
    CHECK(original(site, file) == before);
  }
  CHECK(fs::file_size(site / "k/0") < 20);
  CHECK(fs::file_size(site / "k/2") == before.size());
}

TEST_CASE("ranges that can't be are an error") {
  const TempFolder temporary;
  const auto site = fs::canonical(temporary.path());
  const KeptContent kept{.how = KeptContent::How::ranges, .file = "k", .ranges = {{1, 2}, {5, 1}}};
  const auto file = kept_and_replaced(temporary, "0123456", "0ab34c6789", kept);
  CHECK(original(site, file) == "0123456");
  for (const auto& ranges : {ByteRanges{{1, 3}, {5, 1}}, ByteRanges{{1, 1}}, ByteRanges{{5, 1}, {1, 2}},
                             ByteRanges{{1, 2}, {7, 1}}, ByteRanges{{1, ~std::uint64_t{0}}}}) {
    auto other = file;
    other.kept->ranges = ranges;
    CHECK_THROWS_AS(original(site, other), Error);
  }
  auto outside = file;
  outside.kept->file = "../k";
  CHECK_THROWS_AS(original(site, outside), Error);
  temporary.write("lib.so", "short");
  CHECK_THROWS_AS(original(site, file), Error);
}
