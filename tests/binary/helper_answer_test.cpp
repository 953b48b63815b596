#include "binary/helper_answer.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;

namespace {

std::string field(const std::string& key, const std::string& value) {
  return key + " " + std::to_string(value.size()) + "\n" + value + "\n";
}

const std::string end_field = "end 0\n\n";

std::string elf_answer(const std::string& machine, const std::string& bits, const std::string& big_endian) {
  return field("format", "elf") + field("machine", machine) + field("bits", bits) +
         field("big-endian", big_endian) + end_field;
}

}  // namespace

TEST_CASE("an answer tells all that a library is and needs") {
  const auto answer = parse_helper_answer(
      field("format", "elf") + field("machine", "62") + field("bits", "64") + field("big-endian", "no") +
      field("dynamic", "yes") + field("program", "yes") + field("soname", "liba.so") +
      field("needed", "libb.so") + field("needed", "libc.so.6") + field("rpath", "$ORIGIN:/x") +
      field("runpath", "") + field("versions-of", "libc.so.6") + field("version", "GLIBC_2.17") +
      field("version", "GLIBC_2.34") + field("versions-of", "libm.so.6") + end_field);
  REQUIRE(answer);
  BinaryInfo expected;
  expected.machine = "x86_64";
  expected.is_dynamic = expected.is_program = true;
  expected.soname = "liba.so";
  expected.needed = {"libb.so", "libc.so.6"};
  expected.rpath = {"$ORIGIN", "/x"};
  expected.versions_needed = {{"libc.so.6", {"GLIBC_2.17", "GLIBC_2.34"}}, {"libm.so.6", {}}};
  CHECK(answer->readings == std::vector<BinaryInfo>{expected});
  CHECK_FALSE(answer->failure);
  CHECK_FALSE(answer->library);
}

TEST_CASE("an ELF machine has the name that the first reader gives it") {
  const auto machine = [](auto... fields) {
    return parse_helper_answer(elf_answer(fields...))->readings.at(0).machine;
  };
  CHECK(machine("183", "64", "no") == "aarch64");
  CHECK(machine("21", "64", "no") == "ppc64le");
  CHECK(machine("22", "64", "yes") == "s390x");
  CHECK(machine("243", "64", "yes") == "machine-243");
}

TEST_CASE("a PE file's machine and kind are those of the first reader") {
  const auto answer =
      parse_helper_answer(field("format", "pe") + field("machine", "34404") + field("bits", "64") +
                          field("dynamic", "yes") + field("needed", "KERNEL32.dll") + end_field);
  REQUIRE(answer);
  CHECK(answer->readings.at(0).machine == "amd64");
  CHECK(answer->readings[0].needed == std::vector<std::string>{"KERNEL32.dll"});
  CHECK(answer->readings[0].needed_kinds.empty());
}

TEST_CASE("each slice of a Mach-O file is a reading, and a colon no mark in its rpaths") {
  const auto slice = [](const std::string& machine, const std::string& subtype) {
    return field("format", "macho") + field("machine", machine) + field("subtype", subtype) +
           field("bits", "64") + field("signature", "yes") + field("needed", "a") + field("kind", "load") +
           field("needed", "b") + field("kind", "weak") + field("rpath", "@loader_path/a:b") +
           field("rpath", "@loader_path/c");
  };
  const auto answer =
      parse_helper_answer(slice("16777223", "3") + slice("16777228", "2147483650") + end_field);
  REQUIRE(answer);
  REQUIRE(answer->readings.size() == 2);
  CHECK(answer->readings[0].machine == "x86_64");
  CHECK(answer->readings[0].has_signature);
  CHECK(answer->readings[1].machine == "arm64e");
  CHECK(answer->readings[1].format == BinaryFormat::macho);
  CHECK(answer->readings[1].rpath == std::vector<std::string>{"@loader_path/a:b", "@loader_path/c"});
  CHECK(answer->readings[1].needed_kinds == std::vector{NeededKind::load, NeededKind::weak});
}

TEST_CASE("a value may hold any bytes") {
  const std::string library("\0end 0\n\n\xFF\n", 11);
  const auto answer = parse_helper_answer(field("library", library) + end_field);
  REQUIRE(answer);
  CHECK(answer->library == library);
}

TEST_CASE("a failure is reported") {
  CHECK(parse_helper_answer(field("failure", "no machine") + end_field)->failure == "no machine");
}

TEST_CASE("what isn't an answer is refused") {
  const auto good = elf_answer("62", "64", "no");
  REQUIRE(parse_helper_answer(good));
  for (std::size_t size = 0; size < good.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(parse_helper_answer(good.substr(0, size)));
  }
  const auto format = field("format", "elf");
  for (const auto& text : {
           good + "\n",
           good + end_field,
           end_field,
           field("machine", "62") + good,
           field("format", "coff") + end_field,
           format + field("colour", "red") + end_field,
           format + field("machine", "sixty") + end_field,
           format + field("machine", "") + end_field,
           format + field("machine", "-1") + end_field,
           format + field("machine", "65536") + end_field,
           format + field("machine", "18446744073709551616") + end_field,
           field("format", "pe") + field("machine", "65536") + end_field,
           field("format", "macho") + field("machine", "4294967296") + end_field,
           field("format", "macho") + field("subtype", "4294967296") + end_field,
           field("format", "macho") + field("needed", "a") + end_field,
           field("format", "macho") + field("needed", "a") + field("kind", "strong") + end_field,
           format + field("needed", "a") + field("kind", "load") + end_field,
           format + field("dynamic", "perhaps") + end_field,
           format + field("version", "GLIBC_2.17") + end_field,
           field("failure", "both") + good,
           field("library", "both") + good,
           field("library", "both") + field("failure", "both") + end_field,
           std::string("format\nelf\n") + end_field,
           std::string("format 18446744073709551615\nelf\n") + end_field,
           std::string("format 0x3\nelf\n") + end_field,
           std::string("format 2\nelf\n") + end_field,
       }) {
    CAPTURE(text);
    CHECK_FALSE(parse_helper_answer(text));
  }
}
