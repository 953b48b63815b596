#include "deflate/block_decoder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <wheelfix/error.hpp>

#include "deflate/deflate_testing.hpp"

using namespace wheelfix;

namespace {

BlockDecoder::Source in_pieces(std::string_view& rest, std::size_t piece) {
  return [&rest, piece](char* buffer, std::size_t size) {
    const auto count = std::min({rest.size(), size, piece});
    std::copy_n(rest.begin(), count, buffer);
    rest.remove_prefix(count);
    return count;
  };
}

struct Reading {
  std::string content;
  std::vector<test::Block> blocks;
  std::uint64_t end = 0;  ///< in bits
};

Reading read_on(BlockDecoder& decoder) {
  Reading reading{.content = {}, .blocks = {{decoder.bit_position(), 0}}, .end = 0};
  for (;;) {
    const auto step = decoder.next();
    reading.content += step.content;
    if (step.ends_block) reading.blocks.push_back({decoder.bit_position(), reading.content.size()});
    if (!step.ends_stream) continue;
    reading.end = decoder.bit_position();
    return reading;
  }
}

Reading read(BlockDecoder& decoder, std::string_view stream, std::size_t piece = 1 << 20) {
  decoder.begin(in_pieces(stream, piece), "test");
  return read_on(decoder);
}

std::string refusal(BlockDecoder& decoder, std::string_view stream) {
  try {
    read(decoder, stream);
    return "none";
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_archive);
    return error.what();
  }
}

/// Bits as a person writes them: those of numbers with the lowest first, those of codes as they are.
std::string bytes_of(std::string_view bits) {
  std::string bytes;
  std::size_t count = 0;
  for (const char c : bits) {
    if (c != '0' && c != '1') continue;
    if (count % 8 == 0) bytes.push_back('\0');
    if (c == '1') bytes.back() = static_cast<char>(bytes.back() | 1 << count % 8);
    ++count;
  }
  return bytes;
}

}  // namespace

TEST_CASE("streams of every kind have the content and the blocks that zlib finds") {
  BlockDecoder decoder;
  for (const std::size_t size : {0UL, 1UL, 300UL, 70'000UL, 1'200'000UL}) {
    const auto content = test::sample(size);
    for (const auto& named : test::all_streams(content)) {
      const auto& stream = named.bytes;
      CAPTURE(named.name);
      CAPTURE(size);
      const auto expected = test::read_by_zlib(stream);
      REQUIRE(expected.is_sound);
      const auto reading = read(decoder, stream);
      CHECK(reading.content == content);
      CHECK(reading.blocks == expected.blocks);
      CHECK((reading.end + 7) / 8 == stream.size());
    }
  }
}

TEST_CASE("it doesn't matter how a stream arrives") {
  BlockDecoder decoder;
  const auto content = test::sample(400'000, 7);
  for (const auto& stream : {test::by_zlib(content), test::by_zlib(content, {.level = 0}),
                             test::by_zlib(content, {.memory = 1, .flush_each = 100})}) {
    const auto whole = read(decoder, stream);
    for (const std::size_t piece : {1UL, 7UL, 1000UL, 65'537UL}) {
      const auto reading = read(decoder, stream, piece);
      CHECK(reading.content == content);
      CHECK(reading.blocks == whole.blocks);
    }
  }
}

TEST_CASE("decoding can begin at any block, with the 32 KiB before it") {
  BlockDecoder decoder;
  const auto content = test::sample(900'000, 200);
  for (const auto& stream :
       {test::by_zlib(content, {.level = 9, .memory = 3}), test::by_libdeflate(content, 6),
        test::by_zlib(content, {.flush_each = 20'000})}) {
    const auto blocks = test::read_by_zlib(stream).blocks;
    REQUIRE(blocks.size() >= 3);
    for (std::size_t i = 0; i + 1 < blocks.size(); ++i) {
      auto rest = std::string_view(stream).substr(blocks[i].bit / 8);
      const auto before = std::string_view(content).substr(0, blocks[i].content);
      decoder.begin(in_pieces(rest, 1 << 20), "test", static_cast<unsigned>(blocks[i].bit % 8), before);
      CHECK(decoder.window() == before.substr(before.size() - std::min<std::size_t>(before.size(), 32'768)));
      const auto reading = read_on(decoder);
      CHECK(reading.content == content.substr(blocks[i].content));
      CHECK(reading.end + blocks[i].bit / 8 * 8 == blocks.back().bit);
    }
  }
}

TEST_CASE("the window is the last 32 KiB at each step") {
  BlockDecoder decoder;
  const auto content = test::sample(600'000, 3);
  const auto stream = test::by_zlib(content, {.memory = 5});
  std::string_view rest = stream;
  decoder.begin(in_pieces(rest, 1 << 20), "test");
  std::size_t produced = 0;
  for (bool is_done = false; !is_done;) {
    const auto step = decoder.next();
    produced += step.content.size();
    is_done = step.ends_stream;
    const auto size = std::min<std::size_t>(produced, 32'768);
    CHECK(decoder.window() == std::string_view(content).substr(produced - size, size));
  }
  CHECK(produced == content.size());
}

TEST_CASE("a stream that is cut short anywhere is refused") {
  BlockDecoder decoder;
  const auto content = test::sample(4000, 20);
  for (const auto& stream : {test::by_zlib(content), test::by_zlib(content, {.level = 0}),
                             test::by_zlib(content, {.strategy = Z_FIXED})}) {
    for (std::size_t size = 0; size < stream.size(); ++size) {
      const auto told = refusal(decoder, std::string_view(stream).substr(0, size));
      CHECK(told.starts_with("test: the compressed data ends too soon, after "));
    }
  }
}

TEST_CASE("what zlib refuses is refused, and what it accepts is read as it reads it") {
  BlockDecoder decoder;
  std::mt19937 random(5);
  int refused = 0;
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    const auto content = test::sample(50 + random() % 900, static_cast<unsigned>(2 + random() % 60),
                                      static_cast<unsigned>(random()));
    auto stream = test::by_zlib(content, {.level = static_cast<int>(random() % 10),
                                          .strategy = random() % 3 == 0 ? Z_FIXED : Z_DEFAULT_STRATEGY,
                                          .memory = static_cast<int>(1 + random() % 9)});
    // Most damage is to the headers, where there is more to get wrong.
    for (auto count = 1 + random() % 3; count > 0; --count) {
      auto& byte = stream[random() % std::min<std::size_t>(stream.size(), random() % 4 == 0 ? 5000 : 60)];
      byte = static_cast<char>(byte ^ 1 << random() % 8);
    }
    const auto expected = test::read_by_zlib(stream);
    if (!expected.is_sound) {
      ++refused;
      CHECK(refusal(decoder, stream) != "none");
    } else {
      ++accepted;
      CHECK(read(decoder, stream).content == expected.content);
    }
  }
  CHECK(refused > 5000);
  CHECK(accepted > 500);
}

TEST_CASE("damage is reported with its kind and place, and the decoder goes on with the next stream") {
  BlockDecoder decoder;
  const auto told = [&](std::string_view bits) {
    return refusal(decoder, bytes_of(bits) + std::string(300, '\0'));
  };
  const std::string damaged = "test: the compressed data is damaged: ";
  CHECK(told("1 11") == damaged + "a block of an unknown kind near byte 0 of the content");
  CHECK(refusal(decoder, std::string("\0\1\0\1\0", 5)) ==
        damaged + "a stored block of two lengths near byte 0 of the content");
  // Fixed codes: 01110001 is 'A', 0000001 a length of 3, 11000110 the unused symbol 286.
  CHECK(told("1 10 01110001 11000110") == damaged + "an invalid symbol near byte 1 of the content");
  CHECK(told("1 10 01110001 0000001 11110") == damaged + "an invalid distance near byte 1 of the content");
  CHECK(told("1 10 01110001 0000001 00001") ==
        damaged + "a reference to before its start near byte 1 of the content");
  CHECK(told("1 01 01111 00000 0000") == damaged + "a block of too many symbols near byte 0 of the content");
  CHECK(told("1 01 00000 01111 0000") == damaged + "a block of too many symbols near byte 0 of the content");
  // The lengths of the code of code lengths come in the order 16, 17, 18, 0.
  CHECK(told("1 01 00000 00000 0000 100 100 100 000") ==
        damaged + "an invalid set of code lengths near byte 0 of the content");
  CHECK(told("1 01 00000 00000 0000 100 000 100 000 0") ==
        damaged + "a repeated code length without one before it near byte 0 of the content");
  CHECK(told("1 01 00000 00000 0000 000 000 100 100 1 1111111 1 1111111") ==
        damaged + "too many code lengths near byte 0 of the content");
  CHECK(told("1 01 00000 00000 0000 000 000 100 100 1 1111111 1 0101011 0") ==
        damaged + "a block without an end near byte 0 of the content");
  CHECK(refusal(decoder, "") == "test: the compressed data ends too soon, after 0 bytes of content");
  CHECK(read(decoder, test::by_zlib("fine")).content == "fine");
  CHECK_THROWS_WITH_AS(decoder.next(), "test: the compressed data ends too soon, after 4 bytes of content",
                       Error);
}

TEST_CASE("one distance code of one bit, and none, are allowed") {
  BlockDecoder decoder;
  for (const auto& content : {std::string(3000, 'a'), std::string("abc")}) {
    for (int level = 1; level <= 9; ++level) {
      CHECK(read(decoder, test::by_zlib(content, {.level = level})).content == content);
      CHECK(read(decoder, test::by_libdeflate(content, level)).content == content);
    }
  }
}
