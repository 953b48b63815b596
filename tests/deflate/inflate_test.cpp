#include "deflate/inflate.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include <algorithm>
#include <random>
#include <wheelfix/error.hpp>

#include "support/zip_builder.hpp"

using namespace wheelfix;

namespace {

struct Inflated {
  std::string content;
  Inflater::Totals totals;
};

Inflated inflate_in_pieces(Inflater& inflater, const std::string& stream, std::size_t piece) {
  Inflated result;
  std::size_t position = 0;
  const auto source = [&] {
    const auto next = std::string_view(stream).substr(position, piece);
    position += next.size();
    return next;
  };
  result.totals = inflater.run(
      source, [&](std::string_view part) { result.content += part; }, "test");
  return result;
}

std::string sample(std::size_t size, unsigned letters) {
  std::mt19937 random(static_cast<unsigned>(size) + letters);
  std::string content(size, '\0');
  for (auto& c : content) c = static_cast<char>(random() % letters);
  return content;
}

}  // namespace

TEST_CASE("streams by zlib of all levels and strategies inflate to their content, however they arrive") {
  Inflater inflater;
  for (const std::size_t size : {0UL, 1UL, 1000UL, 300'000UL, 1'000'000UL}) {
    for (const unsigned letters : {3U, 256U}) {
      const auto content = sample(size, letters);
      for (const int level : {0, 1, 6, 9}) {
        for (const int strategy : {Z_DEFAULT_STRATEGY, Z_HUFFMAN_ONLY, Z_FIXED, Z_RLE}) {
          const auto stream = test::raw_deflate(content, level, strategy);
          for (const std::size_t piece : {1013UL, 262'144UL}) {
            const auto inflated = inflate_in_pieces(inflater, stream, piece);
            CHECK(inflated.content == content);
            CHECK(inflated.totals.consumed == stream.size());
            CHECK(inflated.totals.produced == size);
          }
        }
      }
    }
  }
}

TEST_CASE("a stream that arrives byte by byte inflates too") {
  Inflater inflater;
  const auto content = sample(20'000, 9);
  CHECK(inflate_in_pieces(inflater, test::raw_deflate(content), 1).content == content);
}

TEST_CASE("bytes after the stream are not counted as consumed") {
  Inflater inflater;
  for (const std::size_t size : {0UL, 10UL, 5000UL}) {
    for (const int level : {0, 6}) {
      const auto stream = test::raw_deflate(sample(size, 7), level);
      for (const std::size_t extra : {1UL, 7UL, 9UL, 1000UL}) {
        CHECK(inflate_in_pieces(inflater, stream + std::string(extra, 'x'), 1 << 18).totals.consumed ==
              stream.size());
      }
    }
  }
}

TEST_CASE("another inflater goes on from a snapshot anywhere") {
  const auto content = sample(3'000'000, 30);
  for (const int level : {0, 1, 9}) {
    const auto stream = test::raw_deflate(content, level);
    // Returns pieces of 10,007 bytes from there.
    const auto source_from = [&](std::uint64_t at) {
      return [&stream, at]() mutable {
        const auto piece = std::string_view(stream).substr(at, 10'007);
        at += piece.size();
        return piece;
      };
    };
    Inflater inflater;
    inflater.begin(source_from(0), "test");
    while (!inflater.next().empty()) {
      const auto snapshot = inflater.snapshot();
      Inflater other;
      other.resume(snapshot, source_from(snapshot.totals().consumed), "test");
      std::string rest;
      for (auto piece = other.next(); !piece.empty(); piece = other.next()) rest += piece;
      CHECK(rest == content.substr(snapshot.totals().produced));
      CHECK(other.totals().consumed == stream.size());
    }
  }
}

TEST_CASE("a stream that is cut short anywhere is an error") {
  Inflater inflater;
  const auto stream = test::raw_deflate(sample(3000, 20));
  for (std::size_t size = 0; size < stream.size(); ++size)
    CHECK_THROWS_AS(inflate_in_pieces(inflater, stream.substr(0, size), 512), Error);
}

TEST_CASE("damage is reported with the kind of it, and the inflater goes on with the next stream") {
  Inflater inflater;
  CHECK_THROWS_WITH_AS(
      inflate_in_pieces(inflater, "\x07", 100),
      "test: the compressed data is damaged: a block of an unknown kind near byte 0 of the content", Error);
  CHECK_THROWS_WITH_AS(inflate_in_pieces(inflater, "", 100),
                       "test: the compressed data ends too soon, after 0 bytes of content", Error);
  CHECK(inflate_in_pieces(inflater, test::raw_deflate("fine"), 100).content == "fine");
}

TEST_CASE("the CRC-32 is zlib's, whole and in parts") {
  for (const std::size_t size : {0UL, 1UL, 63UL, 4096UL, 100'000UL}) {
    const auto content = sample(size, 256);
    const auto expected = ::crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(size));
    CHECK(wheelfix::crc32(0, content) == expected);
    const auto half = std::string_view(content).substr(0, size / 2);
    CHECK(wheelfix::crc32(wheelfix::crc32(0, half), std::string_view(content).substr(half.size())) ==
          expected);
  }
}
