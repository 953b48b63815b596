#include <doctest/doctest.h>

#include <wheelfix/binary.hpp>

#include "binary/macho_builder.hpp"
#include "binary/refusal.hpp"
#include "wheel/thrown.hpp"

using namespace wheelfix;
using test::refusal;
using Names = std::vector<std::string>;
using test::MachoBuilder;

namespace {

// By <mach-o/loader.h>.
constexpr std::uint32_t load_dylib = 0xC, id_dylib = 0xD, load_weak = 0x80000018, rpath = 0x8000001C,
                        code_signature = 0x1D, reexport = 0x8000001F, lazy = 0x20, upward = 0x80000023,
                        version_min_macosx = 0x24, version_min_iphoneos = 0x25, build_version = 0x32,
                        uuid = 0x1B;
constexpr std::uint32_t x86_64 = 0x01000007, arm64 = 0x0100000C, i386 = 7, ppc = 18;

MachoBuilder dylib(std::uint32_t cpu_type = arm64) {
  MachoBuilder builder;
  builder.cpu_type = cpu_type;
  builder.text_command(id_dylib, "@rpath/liba.dylib").text_command(load_dylib, "/usr/lib/libSystem.B.dylib");
  return builder;
}

}  // namespace

TEST_CASE("a dylib tells its install name, what it needs and how, and where it looks") {
  auto builder = dylib();
  builder.text_command(load_weak, "@rpath/libb.dylib")
      .text_command(reexport, "c")
      .text_command(lazy, "d")
      .text_command(upward, "e")
      .text_command(rpath, "@loader_path/.dylibs:x", 1)
      .text_command(rpath, "", 1)
      .command(uuid, std::string(16, 'u'))
      .command(code_signature, std::string(8, '\0'));
  const auto info = read_binary(builder.build(), "x");
  CHECK(info.format == BinaryFormat::macho);
  CHECK(info.machine == "arm64");
  CHECK(info.bits == 64);
  CHECK(info.is_dynamic);
  CHECK_FALSE(info.is_program);
  CHECK(info.soname == "@rpath/liba.dylib");
  CHECK(info.needed == Names{"/usr/lib/libSystem.B.dylib", "@rpath/libb.dylib", "c", "d", "e"});
  using enum NeededKind;
  CHECK(info.needed_kinds ==
        std::vector{NeededKind::load, weak, NeededKind::reexport, NeededKind::lazy, NeededKind::upward});
  CHECK(info.rpath == Names{"@loader_path/.dylibs:x", ""});
  CHECK(info.has_signature);
  CHECK(info.slices.empty());
}

TEST_CASE("each word size and byte order is read") {
  for (const bool is_64 : {false, true}) {
    for (const bool big : {false, true}) {
      MachoBuilder builder(is_64, big);
      builder.cpu_type = (big ? ppc : i386) | (is_64 ? 0x01000000 : 0);
      builder.file_type = 2;
      builder.text_command(load_dylib, "a").text_command(rpath, "b", 1);
      const auto info = read_binary(builder.build(), "x");
      CHECK(info.machine == (big ? (is_64 ? "ppc64" : "ppc") : (is_64 ? "x86_64" : "i386")));
      CHECK(info.bits == (is_64 ? 64 : 32));
      CHECK(info.big_endian == big);
      CHECK(info.is_program);
      CHECK(info.needed == Names{"a"});
      CHECK(info.rpath == Names{"b"});
    }
  }
}

TEST_CASE("subtypes that are machines of their own have their names") {
  const auto machine = [](std::uint32_t cpu_type, std::uint32_t subtype) {
    auto builder = dylib(cpu_type);
    builder.cpu_subtype = subtype;
    return read_binary(builder.build(), "x").machine;
  };
  CHECK(machine(arm64, 0x80000002) == "arm64e");
  CHECK(machine(x86_64, 3) == "x86_64");
  CHECK(machine(x86_64, 8) == "x86_64h");
  CHECK(machine(99, 0) == "machine-99");
}

TEST_CASE("either command gives the oldest system") {
  const MachoBuilder numbers;
  const auto systems = [&](std::uint32_t type, std::initializer_list<std::uint32_t> values) {
    std::string body;
    for (const auto value : values) body += numbers.number(value);
    return read_binary(dylib().command(type, body).build(), "x").minimum_os;
  };
  using Systems = std::vector<MinimumOs>;
  CHECK(systems(version_min_macosx, {0x000A0900, 0}) == Systems{{"macos", "10.9"}});
  CHECK(systems(version_min_macosx, {0x000A0D02, 0}) == Systems{{"macos", "10.13.2"}});
  CHECK(systems(version_min_iphoneos, {0x000D0000, 0}) == Systems{{"ios", "13.0"}});
  CHECK(systems(build_version, {1, 0x000B0000, 0, 0}) == Systems{{"macos", "11.0"}});
  CHECK(systems(build_version, {7, 0x000D0000, 0, 0}) == Systems{{"ios-simulator", "13.0"}});
  CHECK(systems(build_version, {99, 0x00010000, 0, 0}) == Systems{{"platform-99", "1.0"}});
}

TEST_CASE("flags after a marker say how a library is asked for") {
  const auto kind = [](std::uint32_t marker, std::uint32_t flags) {
    MachoBuilder builder;
    builder.text_command(load_dylib, "a", 5, marker, flags);
    return read_binary(builder.build(), "x").needed_kinds.at(0);
  };
  CHECK(kind(0x1A741800, 1) == NeededKind::weak);
  CHECK(kind(0x1A741800, 2) == NeededKind::reexport);
  CHECK(kind(0x1A741800, 4) == NeededKind::upward);
  CHECK(kind(0x1A741800, 8) == NeededKind::load);
  CHECK(kind(2, 1) == NeededKind::load);
}

TEST_CASE("an object file is no library") {
  auto builder = dylib();
  builder.file_type = 1;
  const auto info = read_binary(builder.build(), "x");
  CHECK_FALSE(info.is_dynamic);
  CHECK(info.needed.empty());
}

TEST_CASE("a fat file tells of its slices, each and together") {
  auto intel = dylib(x86_64);
  intel.text_command(load_weak, "only-intel").text_command(rpath, "a", 1).text_command(rpath, "b", 1);
  auto arm = dylib();
  arm.text_command(rpath, "b", 1).text_command(rpath, "c", 1).command(code_signature, std::string(8, '\0'));
  for (const bool is_64 : {false, true}) {
    const auto info =
        read_binary(test::fat_macho({{x86_64, intel.build()}, {arm64, arm.build()}}, is_64), "x");
    CHECK(info.machine == "universal2");
    CHECK(info.soname == "@rpath/liba.dylib");
    CHECK(info.needed == Names{"/usr/lib/libSystem.B.dylib", "only-intel"});
    CHECK(info.needed_kinds == std::vector{NeededKind::load, NeededKind::weak});
    CHECK(info.rpath == Names{"a", "b", "c"});
    CHECK_FALSE(info.has_signature);
    REQUIRE(info.slices.size() == 2);
    CHECK(info.slices[0] == read_binary(intel.build(), "x"));
    CHECK(info.slices[1] == read_binary(arm.build(), "x"));
  }
}

TEST_CASE("a fat file is called what platform tags call its machines") {
  const auto machine = [](std::vector<std::uint32_t> types) {
    std::vector<test::MachoSlice> slices;
    for (const auto type : types) slices.push_back({type, dylib(type).build()});
    return read_binary(test::fat_macho(slices), "x").machine;
  };
  CHECK(machine({arm64, x86_64}) == "universal2");
  CHECK(machine({x86_64, i386}) == "intel");
  CHECK(machine({ppc, i386}) == "fat");
  CHECK(machine({x86_64}) == "x86_64");
  CHECK(machine({ppc, arm64}) == "arm64+ppc");
}

TEST_CASE("a fat archive of object files has machines, and nothing that a loader reads") {
  const auto info =
      read_binary(test::fat_macho({{x86_64, "!<arch>\nrest"}, {arm64, "!<arch>\nrest"}}), "libx.a");
  CHECK(info.machine == "universal2");
  CHECK_FALSE(info.is_dynamic);
  CHECK(info.slices.at(1).machine == "arm64");
}

TEST_CASE("a Java class file is no fat Mach-O file") {
  const std::string head("\xCA\xFE\xBA\xBE\0\0\0\x34", 8);  // Java 8
  CHECK(binary_format(head + std::string(56, '\0')) == std::nullopt);
  CHECK(binary_format(test::fat_macho({{arm64, dylib().build()}}).substr(0, 64)) == BinaryFormat::macho);
  CHECK(thrown([&] { read_binary(head, "A.class"); }) ==
        "3 A.class: is not an ELF, PE or Mach-O file\nhint: name a library, like torch/lib/libtorch.so");
}

TEST_CASE("slices that lie elsewhere, or upon each other, are refused by their number") {
  const auto one = dylib().build();
  const auto fat = test::fat_macho({{x86_64, dylib(x86_64).build()}, {arm64, one}});
  const MachoBuilder big(true, true);
  const auto with = [&](std::size_t at, std::uint32_t value) {
    auto bytes = fat;
    return bytes.replace(at, 4, big.number(value));
  };
  constexpr std::size_t second_slice = 8 + 20;
  CHECK(refusal(with(4, 0)) == "the fat header at offset 0x0 states 0 slices");
  CHECK(refusal(with(second_slice + 8, 64)).ends_with("overlaps slice 0"));
  CHECK(refusal(with(second_slice + 8, 8)).ends_with("overlaps the fat header"));
  CHECK(refusal(with(second_slice + 8, 0xFFFFFFFF)).starts_with("slice 1 (offset 0xffffffff, "));
  CHECK(
      refusal(with(second_slice, ppc)).ends_with("is for CPU type 0x100000c, and the fat header says 0x12"));
  CHECK(refusal(test::fat_macho({{arm64, "no header here"}})) == "at offset 0x40 there is no Mach-O header");
}

TEST_CASE("load commands that don't fit are refused by their place") {
  const MachoBuilder numbers;
  const auto one = dylib().build();
  const auto with = [&](std::size_t at, std::uint32_t value) {
    auto bytes = one;
    return bytes.replace(at, 4, numbers.number(value));
  };
  CHECK(refusal(with(20, 0xFFFFFFFF)) ==
        "the Mach-O header at offset 0x0 states 4294967295 bytes of load commands");
  CHECK(refusal(with(20, 4096)).starts_with("the load commands (4096 bytes at offset 0x20) is cut short"));
  CHECK(refusal(with(16, 3)).starts_with("load command 2 of 3, at offset "));
  CHECK(refusal(with(36, 4)) ==
        "load command 0 of 2, at offset 0x20, doesn't fit: there are 104 bytes for it");
  CHECK(refusal(with(36, 0xFFFFFFF0)).starts_with("load command 0 of 2, at offset 0x20, doesn't fit"));
  CHECK(refusal(with(40, 4096)) ==
        "the name in the load command 0xd at offset 0x20 is not within its 48 bytes");
  CHECK(refusal(with(40, 4)).starts_with("the name in the load command 0xd"));
  CHECK(refusal(dylib().command(rpath, "").build()) ==
        "the load command 0x8000001c at offset 0x88 has 8 bytes, too few for what it is");
  CHECK(refusal(dylib().command(rpath, numbers.number(12) + "four").build())
            .ends_with("is not within its 16 bytes"));
}

TEST_CASE("more load commands or names than any loader takes are refused") {
  MachoBuilder names;
  for (int i = 0; i < 5000; ++i) names.text_command(rpath, "x", 1);
  CHECK(refusal(names.build()) == "the load commands at offset 0x20 have more than 4096 names");
  MachoBuilder size;
  size.command(uuid, std::string(2 << 20, 'u'));
  CHECK(refusal(size.build()) == "the Mach-O header at offset 0x0 states 2097160 bytes of load commands");
}

TEST_CASE("a file cut short anywhere is refused or says the same") {
  test::check_cut_short(dylib().build(), 8);
  test::check_cut_short(test::fat_macho({{x86_64, dylib(x86_64).build()}, {arm64, dylib().build()}}), 8);
}
