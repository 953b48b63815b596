#include <doctest/doctest.h>

#include <cstring>
#include <wheelfix/binary.hpp>

#include "support/stub_wheel.hpp"
#include "wheel/thrown.hpp"

using namespace wheelfix;

namespace {

// Places in an ELF64 file, by <elf.h>.
constexpr std::size_t class_at = 4, order_at = 5, segments_offset_at = 32, segment_size_at = 54,
                      segment_count_at = 56;

std::uint64_t number(const std::string& bytes, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + at, width);
  return value;
}

std::string with(std::string bytes, std::size_t at, std::uint64_t value, std::size_t width) {
  std::memcpy(bytes.data() + at, &value, width);
  return bytes;
}

/// Where the first program header of this type begins.
std::size_t segment(const std::string& bytes, std::uint32_t type) {
  for (std::size_t i = 0;; ++i) {
    const auto at = number(bytes, segments_offset_at, 8) + i * 56;
    if (number(bytes, at, 4) == type) return at;
  }
}

/// Where the value of the first dynamic entry with this tag lies.
std::size_t dynamic_value(const std::string& bytes, std::uint64_t tag) {
  auto at = number(bytes, segment(bytes, 2) + 8, 8);
  while (number(bytes, at, 8) != tag) at += 16;
  return at + 8;
}

std::string refusal(const std::string& bytes) {
  auto message = thrown([&] { read_binary(bytes, "x.so"); });
  const std::string hint = "\nhint: the library is damaged: get the wheel anew, or ask its makers";
  REQUIRE(message.ends_with(hint));
  message.resize(message.size() - hint.size());
  return message;
}

const std::string library = test::library("liba.so", {"libb.so"}, {"$ORIGIN"});

}  // namespace

TEST_CASE("a file cut short is refused with the structure that is cut, and never read past its end") {
  CHECK(refusal(library.substr(0, 15)) ==
        "3 x.so: the ELF identification (16 bytes at offset 0x0) is cut short: the file has 15 bytes");
  CHECK(refusal(library.substr(0, 63)) ==
        "3 x.so: the ELF header (64 bytes at offset 0x0) is cut short: the file has 63 bytes");
  CHECK(refusal(library.substr(0, 64)).find("the program header table (") != std::string::npos);
  const auto dynamic = number(library, segment(library, 2) + 8, 8);
  CHECK(refusal(library.substr(0, dynamic + 8)).find(" reaches beyond the end of the file, which has ") !=
        std::string::npos);
  for (std::size_t size = 0; size < dynamic; ++size) {
    if (size >= 4) CHECK_THROWS_AS(read_binary(library.substr(0, size), "x.so"), Error);
  }
}

TEST_CASE("a header that can't be is refused by its field") {
  CHECK(refusal(with(library, class_at, 3, 1)) ==
        "3 x.so: the ELF class is 3, which is neither 32 nor 64 bit");
  CHECK(refusal(with(library, order_at, 0, 1)) ==
        "3 x.so: the ELF byte order is 0, which is neither little nor big");
  CHECK(refusal(with(library, segment_size_at, 55, 2)) ==
        "3 x.so: the size of a program header (e_phentsize) is 55, not 56");
  CHECK(refusal(with(library, segment_count_at, 0xFFFF, 2)) ==
        "3 x.so: has more program headers than fit into e_phnum");
}

TEST_CASE("a segment that leads elsewhere is refused by its number") {
  const auto load = segment(library, 1);
  CHECK(refusal(with(library, load + 32, 1 << 20, 8)).find("reaches beyond the end of the file") !=
        std::string::npos);
  CHECK(
