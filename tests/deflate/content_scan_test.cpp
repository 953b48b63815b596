#include "deflate/content_scan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <wheelfix/error.hpp>

#include "base/byte_edit.hpp"
#include "deflate/deflate_testing.hpp"

using namespace wheelfix;
using test::StreamFile;

namespace {

ContentDigest digest_of(const std::string& content) {
  return {content.size(), StreamFile::crc_of(content), record_hash(content)};
}

const auto big = test::sample(5'000'000, 200);
const auto big_stream = test::by_zlib(big, {.level = 1});

}  // namespace

TEST_CASE("a scan reads any range, forward, backward and across where it has been") {
  const StreamFile file(big_stream, big);
  ContentScan scan(file.stream());
  CHECK(scan.size() == big.size());
  std::mt19937 random(3);
  for (int round = 0; round < 400; ++round) {
    // The first half moves on from the front, the second is after the end was seen.
    const auto reach = round < 200 ? big.size() / 200 * static_cast<unsigned>(round + 1) : big.size();
    const auto offset = random() % reach;
    const auto count =
        random() % std::min<std::size_t>(big.size() - offset + 1, round % 10 == 0 ? 600'000 : 5000);
    CHECK(scan.read(offset, count) == big.substr(offset, count));
    if (round == 200) scan.finish();
  }
  CHECK(scan.read(big.size(), 0).empty());
  CHECK(scan.read_up_to(big.size() - 3, 10) == big.substr(big.size() - 3));
  CHECK_THROWS_AS(scan.read(big.size() - 3, 4), OutOfBytes);
}

TEST_CASE("a scan hashes what it reads") {
  const StreamFile file(big_stream, big);
  std::uint64_t told = 0;
  ContentScan scan(file.stream(), HashAlgorithm::sha256, [&](std::uint64_t bytes) { told += bytes; });
  CHECK_FALSE(scan.is_finished());
  scan.read(big.size() / 2, 1);
  scan.expect({});
  scan.finish();
  CHECK(scan.is_finished());
  CHECK(told + 1 >= big_stream.size());
  CHECK(told <= big_stream.size());
  CHECK(scan.hash() == record_hash(big));
  CHECK(scan.hash() == record_hash(big));
  CHECK(scan.digest_with({}) == digest_of(big));
  Hasher sha512(HashAlgorithm::sha512);
  sha512.update(big);
  ContentScan other(file.stream(), HashAlgorithm::sha512);
  other.finish();
  CHECK(other.hash() == sha512.finish_for_record());
  CHECK(other.digest_with({}) == digest_of(big));
}

TEST_CASE("the digest of edited content is right, whatever was expected") {
  const StreamFile file(big_stream, big);
  std::mt19937 random(4);
  const auto some_edits = [&] {
    std::vector<ByteEdit> edits;
    for (auto count = random() % 4; count > 0; --count) {
      const auto offset = random() % big.size();
      const auto size =
          std::min<std::size_t>(random() % (random() % 3 == 0 ? 400'000 : 20), big.size() - offset);
      edits.push_back({offset, std::string(size, static_cast<char>(random()))});
    }
    return ContentEdits{in_order(edits), std::string(random() % 2 * 1000, 'x')};
  };
  for (int round = 0; round < 12; ++round) {
    const auto edits = some_edits();
    auto expected = edits;
    switch (round % 6) {
      case 0:
        expected = some_edits();
        break;
      case 1:
        expected.appended += "more";
        break;
      case 2:
        if (!expected.overwrites.empty()) expected.overwrites.back().bytes.back() ^= 1;
        break;
      case 3:
        if (!expected.overwrites.empty()) expected.overwrites.pop_back();
        break;
      case 4:
        expected.overwrites = in_order({{big.size() - 100, "late"}});
        break;
      default:
        break;
    }
    ContentScan scan(file.stream(), round < 6 ? HashAlgorithm::sha256 : HashAlgorithm::sha384);
    CHECK(scan.read(0, 64) == big.substr(0, 64));
    scan.expect(expected);
    CHECK(scan.read(4'000'000, 64) == big.substr(4'000'000, 64));
    scan.finish();
    CHECK(scan.digest_with(edits) == digest_of(apply_edits(big, edits)));
    CHECK(scan.digest_with(expected) == digest_of(apply_edits(big, expected)));
    CHECK(scan.digest_with({}) == digest_of(big));
    CHECK_THROWS_AS(scan.digest_with({{{big.size() - 1, "ab"}}, ""}), OutOfBytes);
  }
}

TEST_CASE("only what comes after the first unexpected edit is inflated again") {
  const StreamFile file(big_stream, big);
  ContentScan scan(file.stream());
  const ContentEdits expected{{{100, "head"}}, ""};
  scan.expect(expected);
  scan.finish();
  file.wipe(big_stream.size() / 2);
  CHECK(scan.digest_with({}) == digest_of(big));
  const auto late = big.size() - 1000;
  for (const auto& edits : {ContentEdits{{{late, "late"}}, ""}, ContentEdits{{}, "appended"}, expected,
                            ContentEdits{{{100, "head"}, {late, "late"}}, "appended"}})
    CHECK(scan.digest_with(edits) == digest_of(apply_edits(big, edits)));
  CHECK_THROWS_AS(scan.digest_with({{{100, "tail"}}, ""}), Error);
}

TEST_CASE("the digest is the same on any number of threads, and so is the error") {
  const StreamFile file(big_stream, big);
  const ContentEdits edits{{{100, "head"}, {2'345'678, "middle"}}, "appended"};
  for (const unsigned threads : {1U, 2U, 5U}) {
    ContentScan scan(file.stream());
    scan.use_threads(threads);
    scan.finish();
    CHECK(scan.digest_with(edits) == digest_of(apply_edits(big, edits)));
  }
  ContentScan scan(file.stream());
  scan.use_threads(3);
  scan.finish();
  file.wipe(big_stream.size() / 2);
  CHECK_THROWS_AS(scan.digest_with(edits), Error);
}

TEST_CASE("what inflates to more than is held is digested on several threads too") {
  const auto content = std::string(20'000'000, '\0') + big;
  const StreamFile file(test::by_isal(content, 0), content);  // one block
  ContentScan scan(file.stream());
  scan.use_threads(3);
  scan.finish();
  const ContentEdits edits{{{7, "head"}}, ""};
  CHECK(scan.digest_with(edits) == digest_of(apply_edits(content, edits)));
}

TEST_CASE("checkpoints are blocks' beginnings, about a megabyte apart") {
  const StreamFile file(big_stream, big);
  ContentScan scan(file.stream());
  scan.finish();
  const auto blocks = test::read_by_zlib(big_stream).blocks;
  std::uint64_t before = 0;
  for (std::uint64_t content = 0; content < big.size(); content += 100'000) {
    const auto& [start, window] = scan.checkpoint_before(content);
    CHECK(start.content <= content);
    CHECK(content - start.content < 1'500'000);
    CHECK(start.content >= before);
    before = start.content;
    CHECK(std::ranges::count(blocks, test::Block{start.bit, start.content}) == 1);
    const auto size = std::min<std::uint64_t>(start.content, 32'768);
    CHECK(window == big.substr(start.content - size, size));
  }
  CHECK(before > 3'000'000);
  CHECK(scan.end() == BlockStart{blocks.back().bit, blocks.back().content});
  CHECK(scan.last_block() == BlockStart{blocks.end()[-2].bit, blocks.end()[-2].content});
}

TEST_CASE("what differs from what the archive states is an error") {
  const std::string content = "some content";
  const auto stream = test::by_zlib(content);
  const auto told = [&](auto change) -> std::string {
    const StreamFile file(stream, content);
    auto stated = file.stream();
    change(stated);
    try {
      ContentScan(stated).finish();
      return "nothing";
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::bad_archive);
      CHECK(error.subject() == "test.whl: entry");
      return error.message();
    }
  };
  CHECK(told([](auto&) {}) == "nothing");
  CHECK(told([](auto& stated) { stated.content_size = 11; }) ==
        "its content is longer than the 11 bytes that the archive states");
  CHECK(told([](auto& stated) { stated.content_size = 13; }) ==
        "its content is 12 bytes, not the 13 that the archive states");
  CHECK(told([](auto& stated) { stated.content_crc32 = 7; }) ==
        "its content has the CRC-32 431f313f, not 00000007 as the archive states");
  CHECK(told([](auto& stated) { stated.size += 4; }) == "4 bytes are after its compressed data");
  CHECK(told([](auto& stated) { stated.size -= 1; }) ==
        "the compressed data ends too soon, after 12 bytes of content");
}

TEST_CASE("a read from after a stream that ends too soon is an error") {
  const StreamFile file(test::by_zlib("short"), "short");
  auto stated = file.stream();
  stated.content_size = 1000;
  ContentScan scan(stated);
  CHECK_THROWS_WITH_AS(scan.read(0, 6),
                       "test.whl: entry: its content is 5 bytes, not the 1000 that the archive states",
                       Error);
  CHECK_THROWS_AS(scan.read(0, 6), Error);
}
