#include "serve/byte_range.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;
using Kind = ByteRange::Kind;

// The examples of RFC 9110, 14.1.2, of a file of 10,000 bytes.
TEST_CASE("a range is from, from and to, or the last bytes") {
  CHECK(parse_range("bytes=0-499", 10000) == ByteRange{Kind::part, 0, 500});
  CHECK(parse_range("bytes=500-999", 10000) == ByteRange{Kind::part, 500, 500});
  CHECK(parse_range("bytes=-500", 10000) == ByteRange{Kind::part, 9500, 500});
  CHECK(parse_range("bytes=9500-", 10000) == ByteRange{Kind::part, 9500, 500});
  CHECK(parse_range("bytes=0-0", 10000) == ByteRange{Kind::part, 0, 1});
  CHECK(parse_range("bytes=-1", 10000) == ByteRange{Kind::part, 9999, 1});
  CHECK(parse_range("Bytes= 0-0", 10000) == ByteRange{Kind::part, 0, 1});
}

TEST_CASE("a range ends where the file does") {
  CHECK(parse_range("bytes=9990-20000", 10000) == ByteRange{Kind::part, 9990, 10});
  CHECK(parse_range("bytes=-20000", 10000) == ByteRange{Kind::part, 0, 10000});
  CHECK(parse_range("bytes=9999-18446744073709551615", 10000) == ByteRange{Kind::part, 9999, 1});
  CHECK(parse_range("bytes=0-99999999999999999999999999", 10000) == ByteRange{Kind::part, 0, 10000});
}

TEST_CASE("none of the bytes may be in the file") {
  for (const auto* header : {"bytes=10000-", "bytes=10000-10001", "bytes=-0", "bytes=18446744073709551616-"})
    CHECK(parse_range(header, 10000).kind == Kind::outside);
  CHECK(parse_range("bytes=0-", 0).kind == Kind::outside);
  CHECK(parse_range("bytes=-1", 0).kind == Kind::outside);
}

TEST_CASE("what doesn't parse, and several ranges, are ignored") {
  CHECK(parse_range(std::nullopt, 10000) == ByteRange{});
  for (const auto* header :
       {"", "bytes", "bytes=", "bytes=-", "bytes=--1", "bytes=1", "bytes=a-b", "bytes=2-1", "bytes=1-x",
        "bytes=+1-2", "bytes=0-0,-1", "lines=0-1", "bytes 0-1", "bytes=0x0-1"}) {
    CAPTURE(header);
    CHECK(parse_range(header, 10000) == ByteRange{});
  }
}
