#include <wheelfix/error.hpp>
#include <wheelfix/loader_system.hpp>
#include <wheelfix/platform_tag.hpp>

#include "base/bytes.hpp"
#include "loader/loader_testing.hpp"
#include "support/temp_folder.hpp"

using namespace wheelfix;
using System = PlatformTag::System;

namespace {

/// A cache with one library, in format 1.1.
std::string small_cache() {
  const std::string strings("libx.so.1\0/opt/libx.so.1\0", 25);
  std::string bytes = "glibc-ld.so.cache1.1";
  put<std::uint32_t>(bytes, 1);
  put<std::uint32_t>(bytes, static_cast<std::uint32_t>(strings.size()));
  bytes += std::string("\x02\0\0\0", 4);
  bytes.resize(48);
  for (const auto number : {0x0303U, 72U, 82U, 0U, 0U, 0U}) put<std::uint32_t>(bytes, number);
  return bytes + strings;
}

std::string refusal(const std::string& bytes) {
  try {
    parse_loader_cache(bytes, "ld.so.cache");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_binary);
    CHECK_FALSE(error.hint().empty());
    return error.what();
  }
  return "parsed";
}

}  // namespace

TEST_CASE("platform tags are parsed, old names too") {
  const auto parse = PlatformTag::parse;
  CHECK(parse("manylinux1_x86_64") == PlatformTag{System::manylinux, "x86_64", PlatformVersion{2, 5}});
  CHECK(parse("manylinux2014_aarch64") == PlatformTag{System::manylinux, "aarch64", PlatformVersion{2, 17}});
  CHECK(parse("manylinux_2_28_x86_64") == PlatformTag{System::manylinux, "x86_64", PlatformVersion{2, 28}});
  CHECK(parse("musllinux_1_2_i686") == PlatformTag{System::musllinux, "i686", PlatformVersion{1, 2}});
  CHECK(parse("macosx_11_0_universal2") == PlatformTag{System::macos, "universal2", PlatformVersion{11, 0}});
  CHECK(parse("linux_armv7l") == PlatformTag{System::any_linux, "armv7l", {}});
  CHECK(parse("win_amd64") == PlatformTag{System::windows, "amd64", {}});
  CHECK(parse("win32") == PlatformTag{System::windows, "x86", {}});
  CHECK(parse("any").system == System::any);
  for (const auto* text :
       {"", "manylinux_2_x86_64", "manylinux_2_17_", "manylinux_99999999999_1_x", "freebsd_13"})
    CHECK(parse(text).system == System::other);
}

TEST_CASE("a manylinux tag promises its policy's libraries, the driver's apart") {
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

TEST_CASE("a musllinux tag promises next to nothing") {
  const auto system = promised_system({"musllinux_1_2_aarch64"});
  CHECK(system.kind == LoaderKind::musl);
  CHECK(system.machine == "aarch64");
  CHECK(system.promised == std::set<std::string, std::less<>>{"libz.so.1"});
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

TEST_CASE("a macOS machine is that of the wheels that are for one alone") {
  CHECK(promised_system({"macosx_11_0_universal2"}).machine == "arm64");
  const auto system = promised_system({"macosx_11_0_universal2", "manylinux1_i686", "macosx_10_9_x86_64"});
  CHECK(system.kind == LoaderKind::dyld);
  CHECK(system.machine == "x86_64");
}

TEST_CASE("machines of 32 bits and their loaders are known") {
  const auto system = promised_system({"manylinux2014_i686"});
  CHECK(system.bits == 32);
  CHECK(system.loader == "ld-linux.so.2");
}

TEST_CASE("a cache is read, behind the old format's table too") {
  const auto bytes = small_cache();
  const std::vector<CachedLibrary> expected = {
      {.name = "libx.so.1", .path = "/opt/libx.so.1", .flags = 0x0303}};
  CHECK(parse_loader_cache(bytes, "x") == expected);
  std::string old("ld.so-1.7.0\0\x01\0\0\0", 16);
  old.resize(16 + 12 + 4);  // one entry, and room up to the next multiple of 8
  CHECK(parse_loader_cache(old + bytes, "x") == expected);
}

TEST_CASE("a damaged cache is refused with what is wrong") {
  const auto bytes = small_cache();
  CHECK(refusal(bytes.substr(0, 40)) == "ld.so.cache: the header reaches behind the file's end");
  CHECK(refusal(std::string(100, 'x')) == "ld.so.cache: the header is none of format 1.1");
  CHECK(refusal(bytes.substr(0, 60)) == "ld.so.cache: the table of libraries reaches behind the file's end");
  CHECK(refusal(bytes.substr(0, bytes.size() - 1)) == "ld.so.cache: a name has no end within 4096 bytes");
  CHECK(refusal(bytes.substr(0, 72) + std::string(5000, 'x') + '\0') ==
        "ld.so.cache: a name has no end within 4096 bytes");
  auto far = bytes;
  far[52] = '\xff';
  CHECK(refusal(far) == "ld.so.cache: a name lies behind the file's end");
  auto extended = bytes;
  extended[32] = 72;
  CHECK(refusal(extended) == "ld.so.cache: the extension has no magic number");
  auto unnamed = bytes;
  unnamed[48 + 23] = 0x40;
  CHECK(refusal(unnamed) == "ld.so.cache: a library is for hwcaps of number 0, which has no name");
}

TEST_CASE("a system below a folder has its folders, as Debian has them and as others do") {
  const test::TempFolder folder;
  const auto like = promised_system({"manylinux2014_aarch64"});
  CHECK(system_below(folder.path(), like).folders == test::Names{"/lib64", "/usr/lib64"});
  folder.write("usr/lib/aarch64-linux-gnu/libx.so", "");
  const auto debian = system_below(folder.path(), like, {"z"});
  CHECK(debian.folders.front() == "/lib/aarch64-linux-gnu");
  CHECK(debian.folders.back() == "/usr/lib");
  CHECK(debian.lib == "lib/aarch64-linux-gnu");
  CHECK(debian.subfolders == test::Names{"glibc-hwcaps/z"});
  CHECK(debian.promised.empty());
  const auto musl = promised_system({"musllinux_1_2_x86_64"});
  CHECK(system_below(folder.path(), musl).folders == test::Names{"/lib", "/usr/local/lib", "/usr/lib"});
  folder.write("etc/ld-musl-x86_64.path", "/a:/b\n/c\n");
  CHECK(system_below(folder.path(), musl).folders == test::Names{"/a", "/b", "/c"});
}
