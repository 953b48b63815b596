#include <wheelfix/platform_tag.hpp>

#include <doctest/doctest.h>

using namespace wheelfix;
using System = PlatformTag::System;

TEST_CASE("platform tags are parsed, with their old names") {
  const auto parse = PlatformTag::parse;
  CHECK(parse("manylinux1_x86_64") == PlatformTag{System::manylinux, "x86_64", PlatformVersion{2, 5}});
  CHECK(parse("manylinux2014_aarch64") == PlatformTag{System::manylinux, "aarch64", PlatformVersion{2, 17}});
  CHECK(parse("manylinux_2_28_x86_64") == PlatformTag{System::manylinux, "x86_64", PlatformVersion{2, 28}});
  CHECK(parse("musllinux_1_2_i686") == PlatformTag{System::musllinux, "i686", PlatformVersion{1, 2}});
  CHECK(parse("macosx_11_0_universal2") == PlatformTag{System::macos, "universal2", PlatformVersion{11, 0}});
  CHECK(parse("linux_armv7l") == PlatformTag{System::any_linux, "armv7l", {}});
  CHECK(parse("win_amd64") == PlatformTag{System::windows, "amd64", {}});
  CHECK(parse("win32") == PlatformTag{System::windows, "x86", {}});
  CHECK(parse("ios_13_0_arm64_iphoneos") ==
        PlatformTag{System::ios, "arm64_iphoneos", PlatformVersion{13, 0}});
  CHECK(parse("android_21_arm64_v8a") == PlatformTag{System::android, "arm64_v8a", PlatformVersion{21, 0}});
  CHECK(parse("pyodide_2024_0_wasm32") ==
        PlatformTag{System::emscripten, "wasm32", PlatformVersion{2024, 0}});
  CHECK(parse("pyemscripten_2026_0_wasm32").system == System::emscripten);
  CHECK(parse("emscripten_4_0_9_wasm32").system == System::emscripten);
  CHECK(parse("any").system == System::any);
  for (const auto* text :
       {"", "manylinux_2_x86_64", "manylinux_2_17_", "manylinux_99999999999_1_x", "freebsd_13"})
    CHECK(parse(text).system == System::other);
}

TEST_CASE("a tag that packaging.tags gives no machine is known as one") {
  const auto is_taken = [](const char* text) { return PlatformTag::parse(text).is_of_some_machine(); };
  for (const auto* text :
       {"macosx_11_0_arm64", "macosx_10_9_universal2", "macosx_10_16_x86_64", "macosx_10_6_intel",
        "macosx_14_0_x86_64", "manylinux1_i686", "manylinux_2_17_aarch64", "win32", "win_arm64",
        "musllinux_1_1_ppc64le", "linux_mips", "ios_13_0_arm64_iphoneos", "any", "freebsd_13"})
    CHECK_MESSAGE(is_taken(text), text);
  for (const auto* text :
       {"macosx_10_9_arm64", "macosx_12_3_arm64", "macosx_11_0_aarch64", "manylinux_2_16_aarch64",
        "manylinux1_aarch64", "manylinux2014_amd64", "win_x86_64", "manylinux_2_4_x86_64"})
    CHECK_FALSE_MESSAGE(is_taken(text), text);
}

TEST_CASE("a loader is known of Linux, macOS and Windows") {
  const auto loader = [](const char* text) { return PlatformTag::parse(text).loader(); };
  CHECK(loader("linux_x86_64") == LoaderKind::glibc);
  CHECK(loader("musllinux_1_2_x86_64") == LoaderKind::musl);
  CHECK(loader("macosx_11_0_arm64") == LoaderKind::dyld);
  CHECK(loader("win32") == LoaderKind::windows);
  for (const auto* text :
       {"any", "ios_13_0_arm64_iphoneos", "android_21_x86", "emscripten_4_0_9_wasm32", "freebsd_13"})
    CHECK(loader(text) == std::nullopt);
}

TEST_CASE("a manylinux tag promises its policy's libraries, but not the driver's") {
  const auto old = promised_system({"any", "manylinux1_x86_64"});
  CHECK(old.kind == LoaderKind::glibc);
  CHECK(old.machine == "x86_64");
  for (const auto* name : {"libc.so.6", "libstdc++.so.6", "libgcc_s.so.1", "libz.so.1", "libGL.so.1"})
    CHECK(old.promised.contains(name));
  for (const auto* name : {"libexpat.so.1", "libmvec.so.1", "libcuda.so.1", "libgomp.so.1", "libssl.so.3"})
    CHECK_FALSE(old.promised.contains(name));
  CHECK(old.driver.contains("libcuda.so.1"));
  CHECK(promised_system({"manylinux1_x86_64", "manylinux_2_28_x86_64"}).promised.contains("libmvec.so.1"));
  CHECK(promised_system({}).promised.contains("libc.so.6"));
}

TEST_CASE("a musllinux tag promises almost nothing") {
  const auto system = promised_system({"musllinux_1_2_aarch64"});
  CHECK(system.kind == LoaderKind::musl);
  CHECK(system.machine == "aarch64");
  CHECK(system.promised == std::set<std::string, std::less<>>{"libz.so.1"});
}

TEST_CASE("musllinux_1_1 doesn't promise the functions that are new in musl 1.2") {
  const auto symbols = [](const std::vector<std::string>& tags) { return promised_system(tags).symbols; };
  CHECK(symbols({"musllinux_1_2_x86_64"}).contains("reallocarray"));
  CHECK(symbols({"musllinux_1_2_x86_64"}).contains("crypt"));
  for (const auto& old :
       {symbols({"musllinux_1_1_x86_64"}), symbols({"musllinux_1_2_x86_64", "musllinux_1_1_x86_64"})}) {
    CHECK_FALSE(old.contains("reallocarray"));
    CHECK(old.contains("malloc"));
  }
  CHECK(symbols({"manylinux_2_17_x86_64"}).contains("reallocarray"));
}

TEST_CASE("Windows has System32 and Python's own libraries, and others may have been installed") {
  const auto system = promised_system({"any", "win_amd64"});
  CHECK(system.kind == LoaderKind::windows);
  CHECK(system.machine == "amd64");
  for (const auto* name : {"kernel32.dll", "ws2_32.dll", "vcruntime140.dll", "ucrtbase.dll"})
    CHECK(system.promised.contains(name));
  CHECK_FALSE(system.promised.contains("cudart64_12.dll"));
  CHECK(system.redistributable.contains("msvcp140.dll"));
  CHECK(system.redistributable.contains("vcruntime140_threads.dll"));
  CHECK(system.driver.contains("nvcuda.dll"));
  CHECK(promised_system({"win32"}).bits == 32);
}

TEST_CASE("Windows has ICU, and on each machine what its own disc has; MFC is Microsoft's package's") {
  for (const auto* tag : {"win_amd64", "win32", "win_arm64"}) {
    const auto system = promised_system({tag});
    for (const auto* name : {"icuuc.dll", "icuin.dll", "icu.dll", "combase.dll"})
      CHECK(system.promised.contains(name));
    for (const auto* name : {"mfc140u.dll", "mfc140.dll", "mfcm140u.dll", "mfc140jpn.dll", "msvcr120.dll"})
      CHECK(system.redistributable.contains(name));
    CHECK(system.promised.contains("msvbvm60.dll") == (std::string_view(tag) == "win32"));
    CHECK(system.promised.contains("winfax.dll") == (std::string_view(tag) == "win_amd64"));
  }
}

TEST_CASE("a Python for Windows brings the compiler's library of its time") {
  // Sources: delvewheel's ignore_by_abi_platform; python.org's installers.
  const auto old = promised_system({"win_amd64"}, PlatformVersion{3, 7});
  CHECK(old.promised.contains("vcruntime140.dll"));
  CHECK_FALSE(old.promised.contains("vcruntime140_1.dll"));
  CHECK(old.redistributable.contains("vcruntime140_1.dll"));
  CHECK(promised_system({"win_amd64"}, PlatformVersion{3, 8}).promised.contains("vcruntime140_1.dll"));
  CHECK(promised_system({"win_amd64"}).promised.contains("vcruntime140_1.dll"));
  CHECK_FALSE(promised_system({"win_amd64"}).promised.contains("msvcr100.dll"));
  CHECK(promised_system({"win_amd64"}, PlatformVersion{3, 4}).promised.contains("msvcr100.dll"));
}

TEST_CASE("on macOS a wheel for a single machine decides, and without one it is arm64") {
  CHECK(promised_system({"macosx_11_0_universal2"}).machine == "arm64");
  const auto system = promised_system({"macosx_11_0_universal2", "manylinux1_i686", "macosx_10_9_x86_64"});
  CHECK(system.kind == LoaderKind::dyld);
  CHECK(system.machine == "x86_64");
}

TEST_CASE("machines of 32 bits have their own loaders") {
  const auto system = promised_system({"manylinux2014_i686"});
  CHECK(system.bits == 32);
  CHECK(system.loader == "ld-linux.so.2");
}
