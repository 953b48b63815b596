#include "deflate/splice.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <wheelfix/error.hpp>

#include "base/byte_edit.hpp"
#include "deflate/deflate_testing.hpp"
#include "deflate/splice_check.hpp"

using namespace wheelfix;
using test::StreamFile;

namespace {

std::string whole(const DeflateStream& stream, const Splice& splice) {
  std::string bytes;
  for (const auto& piece : splice.pieces) {
    CHECK(piece.size > 0);
    CHECK((piece.bytes.empty() || piece.bytes.size() == piece.size));
    bytes += piece.bytes.empty() ? stream.file->read(piece.offset, piece.size) : piece.bytes;
  }
  return bytes;
}

bool bits_equal(std::string_view one, std::uint64_t from, std::string_view other, std::uint64_t other_from,
                std::uint64_t count) {
  const auto bit = [](std::string_view bytes, std::uint64_t at) {
    return static_cast<unsigned char>(bytes[at / 8]) >> at % 8 & 1;
  };
  for (; count > 0 && from % 8 != 0; --count, ++from, ++other_from) {
    if (bit(one, from) != bit(other, other_from)) return false;
  }
  if (one.substr(from / 8, count / 8) != other.substr(other_from / 8, count / 8)) return false;
  for (auto i = count / 8 * 8; i < count; ++i) {
    if (bit(one, from + i) != bit(other, other_from + i)) return false;
  }
  return true;
}

/// The blocks that the rule of splice.hpp calls dirty, by zlib's word on where blocks are.
std::vector<bool> dirty_blocks(const std::vector<test::Block>& blocks, const ContentEdits& edits) {
  std::vector<bool> dirty(blocks.size() - 1);
  for (std::size_t i = 0; i + 1 < blocks.size(); ++i) {
    for (const auto& edit : edits.overwrites)
      dirty[i] = dirty[i] || (blocks[i].content < edit.offset + edit.bytes.size() + 32768 &&
                              blocks[i + 1].content > edit.offset);
  }
  return dirty;
}

/// Every clean block lies in the new stream as it lay in the old one, at the same phase, but for the bit that
/// says that the last one is the last.
void check_clean_blocks(const std::string& old, const std::string& made, const Splice& splice,
                        const std::vector<test::Block>& blocks, const ContentEdits& edits) {
  const auto dirty = dirty_blocks(blocks, edits);
  for (std::size_t i = 0; i + 1 < blocks.size(); ++i) {
    if (dirty[i] || blocks[i].content == blocks[i + 1].content) continue;
    auto bit = blocks[i].bit;
    for (const auto& run : splice.runs) {
      if (run.old.end.bit <= blocks[i].bit && !run.old.ends_stream)
        bit = blocks[i].bit - run.old.end.bit + run.end_bit;
    }
    REQUIRE(bit % 8 == blocks[i].bit % 8);
    CHECK(bits_equal(old, blocks[i].bit + 1, made, bit + 1, blocks[i + 1].bit - blocks[i].bit - 1));
  }
}

struct Spliced {
  std::uint64_t encoded = 0;  ///< bytes of old content in runs
  std::size_t runs = 0;
  std::size_t growth = 0;
};

/// Splices, and proves the result by two other libraries; nothing where it says to compress instead.
/// `blocks`: those of the old stream.
std::optional<Spliced> splice_and_prove(const std::string& old, const std::string& content,
                                        const ContentEdits& edits, const ContentScan& scan,
                                        const std::vector<test::Block>& blocks) {
  const auto made = splice(scan, edits);
  if (!made) return std::nullopt;
  const auto bytes = whole(scan.stream(), *made);
  const auto edited = apply_edits(content, edits);
  CHECK(made->size == bytes.size());
  const auto by_zlib = test::read_by_zlib(bytes);
  CHECK(by_zlib.is_sound);
  CHECK(by_zlib.content == edited);
  CHECK((by_zlib.blocks.back().bit + 7) / 8 == bytes.size());
  CHECK(test::read_by_libdeflate(bytes, edited.size()) == edited);
  CHECK(made->content == ContentDigest{edited.size(), StreamFile::crc_of(edited), record_hash(edited)});
  check_clean_blocks(old, bytes, *made, blocks, edits);
  check_runs(scan, edits, *made);
  Spliced told{
      .encoded = 0, .runs = made->runs.size(), .growth = bytes.size() - std::min(bytes.size(), old.size())};
  for (const auto& run : made->runs) told.encoded += run.old.end.content - run.old.begin.content;
  return told;
}

std::optional<Spliced> splice_and_prove(const std::string& old, const std::string& content,
                                        const ContentEdits& edits) {
  const StreamFile file(old, content);
  ContentScan scan(file.stream());
  scan.finish();
  return splice_and_prove(old, content, edits, scan, test::read_by_zlib(old).blocks);
}

ContentEdits overwrite(std::uint64_t offset, std::string bytes) {
  return {{{offset, std::move(bytes)}}, ""};
}

}  // namespace

TEST_CASE("no edits at all leave the stream as it is") {
  const auto content = test::sample(300'000);
  for (const auto& named : test::all_streams(content)) {
    const StreamFile file(named.bytes, content);
    ContentScan scan(file.stream());
    scan.finish();
    const auto made = splice(scan, {});
    REQUIRE(made);
    CHECK(whole(file.stream(), *made) == named.bytes);
    CHECK(made->runs.empty());
  }
}

TEST_CASE(
    "an edit is spliced into streams of every kind, at the front, in the middle, at the end and after it") {
  const auto content = test::sample(1'000'000, 220);
  for (const auto& named : test::all_streams(content)) {
    CAPTURE(named.name);
    const auto blocks = test::read_by_zlib(named.bytes).blocks;
    std::uint64_t longest = 0;
    for (std::size_t i = 0; i + 1 < blocks.size(); ++i)
      longest = std::max(longest, blocks[i + 1].content - blocks[i].content);
    const bool is_fine = longest < 100'000;  // else an edit may well dirty a quarter of the content
    const std::vector<ContentEdits> all = {overwrite(0, "x"),
                                           overwrite(500'000, "some bytes"),
                                           overwrite(content.size() - 1, "x"),
                                           {{}, "appended"},
                                           {{{content.size() - 2, "xy"}}, std::string(3000, 'z')},
                                           {{{64, "p_filesz"}, {900'000, "d_val"}}, "/opt/lib:$ORIGIN"}};
    for (const auto& edits : all) {
      const auto told = splice_and_prove(named.bytes, content, edits);
      CHECK((told.has_value() || !is_fine));
      if (told) CHECK(told->encoded <= 2 * (longest * 2 + 40'000));
      if (told) CHECK(told->growth < edits.appended.size() + 2000);
    }
  }
}

TEST_CASE("an edit is spliced at every block's beginning, one before and one after it") {
  const auto content = test::sample(200'000, 250);
  const std::vector<std::string> streams = {test::by_zlib(content, {.level = 9, .memory = 4}),
                                            test::by_zlib(content, {.level = 0, .memory = 3}),
                                            test::by_zlib(content, {.strategy = Z_FIXED, .memory = 4}),
                                            test::by_zlib(content, {.flush_each = 9000})};
  for (const auto& stream : streams) {
    const StreamFile file(stream, content);
    ContentScan scan(file.stream());
    scan.finish();
    const auto blocks = test::read_by_zlib(stream).blocks;
    REQUIRE(blocks.size() > 20);
    for (const auto& block : blocks) {
      for (const std::uint64_t offset : {block.content - 1, block.content, block.content + 1}) {
        if (offset >= content.size()) continue;
        CAPTURE(offset);
        CHECK(splice_and_prove(stream, content, overwrite(offset, "#"), scan, blocks));
        // And the shadow of an edit ends there.
        if (offset >= 32'769)
          CHECK(splice_and_prove(stream, content, overwrite(offset - 32'769, "#"), scan, blocks));
      }
    }
  }
}

TEST_CASE("runs that touch or nearly touch each other are right") {
  const auto content = test::sample(900'000, 250);
  for (const auto& stream :
       {test::by_zlib(content, {.memory = 2}), test::by_zlib(content, {.level = 0, .memory = 1})}) {
    const StreamFile file(stream, content);
    ContentScan scan(file.stream());
    scan.finish();
    const auto blocks = test::read_by_zlib(stream).blocks;
    std::size_t most_runs = 0;
    for (std::size_t i = 40; i < 60; ++i) {
      // The first edit's shadow ends at or near block i, where the second edit is.
      for (const std::int64_t shift : {-1, 0, 1, 700}) {
        const auto second = blocks[i].content + static_cast<std::uint64_t>(shift);
        const auto told = splice_and_prove(
            stream, content,
            {{{blocks[i].content - 32'770, "ab"}, {second, "cd"}, {second + 40'000, "ef"}}, "gh"}, scan,
            blocks);
        REQUIRE(told);
        most_runs = std::max(most_runs, told->runs);
      }
    }
    CHECK(most_runs >= 3);
  }
}

TEST_CASE("small content and huge blocks are to be compressed instead") {
  CHECK_FALSE(splice_and_prove(test::by_zlib("small"), "small", overwrite(1, "M")));
  CHECK_FALSE(splice_and_prove(test::by_zlib(""), "", {{}, "appended"}));
  const auto content = test::sample(3'000'000);
  const auto one_block = test::by_isal(content, 0);
  REQUIRE(test::read_by_zlib(one_block).blocks.size() == 2);
  CHECK_FALSE(splice_and_prove(one_block, content, overwrite(10, "x")));
  CHECK_FALSE(splice_and_prove(one_block, content, overwrite(content.size() - 1, "x")));
  const auto small_blocks = test::by_zlib(content);
  CHECK(splice_and_prove(small_blocks, content, overwrite(10, std::string(400'000, 'x'))));
  CHECK_FALSE(splice_and_prove(small_blocks, content, overwrite(10, std::string(800'000, 'x'))));
  CHECK_FALSE(splice_and_prove(small_blocks, content, {{}, std::string(800'000, 'x')}));
}

TEST_CASE("bytes are appended after one huge block, which stays") {
  const auto content = test::sample(3'000'000);
  const auto told = splice_and_prove(test::by_isal(content, 0), content, {{}, "appended"});
  REQUIRE(told);
  CHECK(told->encoded == 0);
  CHECK(told->growth < 40);
}

TEST_CASE("an edit beyond the content is refused") {
  const auto content = test::sample(100'000);
  CHECK_THROWS_AS(splice_and_prove(test::by_zlib(content), content, overwrite(99'999, "xy")), OutOfBytes);
}

TEST_CASE("edits of all kinds in streams of all kinds make what plain recompression makes") {
  std::mt19937 random(20'261'121);
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  int spliced = 0;
  for (int file_number = 0; file_number < 200 && spliced < 2000; ++file_number) {
    const auto content = test::sample(20'000 + below(350'000), 150 + static_cast<unsigned>(below(100)),
                                      static_cast<unsigned>(random()));
    std::string stream;
    switch (random() % 5) {
      case 0:
        stream = test::by_libdeflate(content, static_cast<int>(below(10)));
        break;
      case 1:
        stream = test::by_isal(content, static_cast<unsigned>(1 + below(3)));
        break;
      default:
        stream = test::by_zlib(content, {.level = static_cast<int>(below(10)),
                                         .strategy = static_cast<int>(below(5)),
                                         .memory = static_cast<int>(1 + below(9)),
                                         .flush_each = below(2) * (1000 + below(200'000)),
                                         .flush = static_cast<int>(1 + below(3))});
    }
    const auto blocks = test::read_by_zlib(stream).blocks;
    const StreamFile file(stream, content);
    ContentScan scan(file.stream());
    scan.finish();
    for (int round = 0; round < 40; ++round) {
      std::vector<ByteEdit> overwrites;
      for (auto count = below(5); count > 0; --count) {
        auto offset = below(content.size());
        if (below(3) == 0)
          offset = std::min<std::size_t>(blocks[below(blocks.size())].content, content.size() - 1);
        if (below(4) == 0) offset = below(5000);
        const auto size = std::min(below(10) == 0 ? below(100'000) : below(40), content.size() - offset);
        std::string bytes(size, '\0');
        for (auto& byte : bytes) byte = static_cast<char>(random());
        overwrites.push_back({offset, std::move(bytes)});
      }
      const ContentEdits edits{in_order(overwrites), test::sample(below(3) * below(5000), 250)};
      if (splice_and_prove(stream, content, edits, scan, blocks)) ++spliced;
    }
  }
  CHECK(spliced >= 2000);
}
