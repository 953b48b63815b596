#include <doctest/doctest.h>

#include <cstring>
#include <wheelfix/binary.hpp>
#include <wheelfix/error.hpp>

#include "binary/pe_builder.hpp"
#include "binary/refusal.hpp"

using namespace wheelfix;
using test::refusal;
using Names = std::vector<std::string>;

namespace {

// Places in an image of the builder.
constexpr std::size_t optional_at = test::pe_header_at + 24, section_at = optional_at + 240;

std::string with(std::string bytes, std::size_t at, std::uint32_t value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
  return bytes;
}

const std::string library =
    test::pe_image({.needed = {"KERNEL32.dll", "python311.dll"}, .delay_needed = {"ole32.dll"}});

}  // namespace

TEST_CASE("a DLL tells what it imports, now and later") {
  const auto info = read_binary(library, "x.dll");
  CHECK(info.format == BinaryFormat::pe);
  CHECK(info.machine == "amd64");
  CHECK(info.bits == 64);
  CHECK(info.is_dynamic);
  CHECK_FALSE(info.is_program);
  CHECK_FALSE(info.has_signature);
  CHECK(info.needed == Names{"KERNEL32.dll", "python311.dll"});
  CHECK(info.delay_needed == Names{"ole32.dll"});
  CHECK(info.needed_kinds.empty());
  CHECK_FALSE(info.soname);
}

TEST_CASE("a program of 32 bits is read by its own layout") {
  const auto info = read_binary(
      test::pe_image(
          {.needed = {"a.dll"}, .machine = 0x14C, .is_plus = false, .is_dll = false, .is_signed = true}),
      "x.exe");
  CHECK(info.machine == "x86");
  CHECK(info.bits == 32);
  CHECK(info.is_program);
  CHECK(info.has_signature);
  CHECK(info.needed == Names{"a.dll"});
}

TEST_CASE("an image that imports nothing is read") {
  const auto info = read_binary(test::pe_image({.machine = 0xAA64}), "x.dll");
  CHECK(info.machine == "arm64");
  CHECK(info.needed.empty());
  CHECK(info.delay_needed.empty());
}

TEST_CASE("a machine without a name has its number") {
  CHECK(read_binary(test::pe_image({.machine = 0x1F0}), "x.dll").machine == "machine-496");
}

TEST_CASE("a delay import table of old holds addresses with the base") {
  const test::PeText old{
      .delay_needed = {"ole32.dll"}, .machine = 0x14C, .is_plus = false, .old_delay_table = true};
  CHECK(read_binary(test::pe_image(old), "x.dll").delay_needed == Names{"ole32.dll"});
  const auto image = test::pe_image(old);
  const auto name_at = test::pe_section_offset + 20 + 4;
  CHECK(refusal(with(image, name_at, 0x3FFFFF)) ==
        "the delay import table at address 0x1014 has a name at 0x3fffff, before the image's base 0x400000");
}

TEST_CASE("memory after a section's bytes in the file is zeros, which end a table") {
  auto cut = test::pe_image({.needed = {"a.dll"}});
  // The name moves to the front of the table's zeros: what remains in the file is one entry and the name.
  const auto name = test::pe_section_offset + 20 + 20 + 32;
  CHECK(cut.substr(name) == std::string("a.dll\0", 6));
  cut = with(cut, section_at + 16, 20);                               // SizeOfRawData: the first entry alone
  cut = with(cut, section_at + 8, 0x1000);                            // VirtualSize
  cut = with(cut, test::pe_section_offset + 12, test::pe_header_at);  // its name: `PE`, in the headers
  CHECK(read_binary(cut, "x.dll").needed == Names{"PE"});
}

TEST_CASE("headers that can't be are refused by their place") {
  CHECK(refusal(with(library, 0x3C, 0x90)) ==
        "the DOS header leads to offset 0x90, where there is no PE signature");
  CHECK(refusal(with(library, 0x3C, 0x0FFFFFFF))
            .starts_with("the PE signature (4 bytes at offset 0xfffffff) is cut "));
  CHECK(refusal(with(library, optional_at, 0x107)) ==
        "the optional header at offset 0x98 begins with 0x107, which is neither PE32 nor PE32+");
  auto small = library;
  small[test::pe_header_at + 20] = 100;
  small[test::pe_header_at + 21] = 0;
  CHECK(refusal(small) == "the optional header at offset 0x98 has 100 bytes, of which there must be 112");
  small[test::pe_header_at + 20] = 120;
  CHECK(refusal(small) == "the optional header at offset 0x98 has 120 bytes, of which there must be 240");
}

TEST_CASE("a table or name that isn't mapped is refused by its address") {
  CHECK(refusal(with(library, optional_at + 112 + 8, 0x5000)) ==
        "the import table is at address 0x5000, which no section maps");
  CHECK(refusal(with(library, test::pe_section_offset + 12, 0x5000)) ==
        "a DLL's name in the import table is at address 0x5000, which no section maps");
  CHECK(refusal(with(library, test::pe_section_offset + 12, 0x1FFF)) ==
        "a DLL's name in the import table, at address 0x1fff, is empty");
  CHECK(refusal(with(library, section_at + 16, 0xFFFF)).find("is cut short: the file has ") !=
        std::string::npos);
}

TEST_CASE("neither a table without end nor a name of all entries takes more than a few bytes") {
  auto endless = test::pe_image({.needed = Names(5000, "a.dll")});
  CHECK(refusal(endless) == "the import table at address 0x1000 has more than 4096 entries");
  auto to_the_end = test::pe_image({.needed = Names(204, "a.dll")});  // 204 * 20 bytes, nearly a page
  to_the_end.resize(test::pe_section_offset + 204 * 20 + 16);
  for (std::size_t i = test::pe_section_offset + 12; i + 4 < to_the_end.size(); i += 20)
    to_the_end = with(to_the_end, i, test::pe_header_at);
  to_the_end.resize(test::pe_section_offset + 4096, '\1');
  to_the_end = with(with(to_the_end, section_at + 8, 4096), section_at + 16, 4096);
  CHECK(refusal(to_the_end) ==
        "the import table at address 0x1000 has no end: it reaches the end of its section");
  const auto long_name = test::pe_image({.needed = {std::string(2000, 'x')}});
  CHECK(refusal(long_name) ==
        "a DLL's name in the import table, at address 0x1048, has no end within 1024 bytes");
}

TEST_CASE("an image cut short anywhere is refused or says the same") {
  test::check_cut_short(library, 64);
  test::check_cut_short(test::pe_image({.needed = {"a.dll"}, .machine = 0x14C, .is_plus = false}), 64);
}

TEST_CASE("text that begins with MZ is no library") {
  const std::string text =
      "MZ is how a DOS program begins, after Mark Zbikowski, who worked on it at Microsoft.";
  CHECK(binary_format(text) == std::nullopt);
  CHECK(binary_format("MZ") == std::nullopt);
  CHECK(binary_format(library.substr(0, binary_head_size)) == BinaryFormat::pe);
}
