#include "base/bytes.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;

TEST_CASE("numbers are read little-endian, front to back") {
  ByteReader reader(std::string_view("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e", 14));
  CHECK(reader.u16() == 0x0201);
  CHECK(reader.u32() == 0x06050403);
  CHECK(reader.u64() == 0x0e0d0c0b0a090807);
  CHECK(reader.remaining() == 0);
}

TEST_CASE("a read that doesn't fit throws and takes nothing") {
  ByteReader reader("abc");
  CHECK_THROWS_AS(reader.u32(), OutOfBytes);
  CHECK_THROWS_AS(reader.take(static_cast<std::size_t>(-1)), OutOfBytes);
  CHECK(reader.take(3) == "abc");
  CHECK_THROWS_AS(reader.take(1), OutOfBytes);
  CHECK(reader.take(0).empty());
}

TEST_CASE("what is put is what is read") {
  std::string out;
  put<std::uint16_t>(out, 0xBEEF);
  put<std::uint32_t>(out, 0xDEADBEEF);
  put<std::uint64_t>(out, 0x0123456789ABCDEF);
  CHECK(out.size() == 14);
  ByteReader reader(out);
  CHECK(reader.u16() == 0xBEEF);
  CHECK(reader.u32() == 0xDEADBEEF);
  CHECK(reader.u64() == 0x0123456789ABCDEF);
}
