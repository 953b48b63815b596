#include <wheelfix/error.hpp>
#include <wheelfix/loader_system.hpp>
#include <wheelfix/platform_tag.hpp>

#include "base/bytes.hpp"
#include "loader/loader_testing.hpp"
#include "support/temp_folder.hpp"

using namespace wheelfix;

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

TEST_CASE("a cache is read, also after the old format's table") {
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
  CHECK(refusal(bytes.substr(0, 40)) == "ld.so.cache: the header reaches beyond the file's end");
  CHECK(refusal(std::string(100, 'x')) == "ld.so.cache: the header isn't of format 1.1");
  CHECK(refusal(bytes.substr(0, 60)) == "ld.so.cache: the table of libraries reaches beyond the file's end");
  CHECK(refusal(bytes.substr(0, bytes.size() - 1)) == "ld.so.cache: a name has no end within 4096 bytes");
  CHECK(refusal(bytes.substr(0, 72) + std::string(5000, 'x') + '\0') ==
        "ld.so.cache: a name has no end within 4096 bytes");
  auto far = bytes;
  far[52] = '\xff';
  CHECK(refusal(far) == "ld.so.cache: a name comes after the file's end");
  auto extended = bytes;
  extended[32] = 72;
  CHECK(refusal(extended) == "ld.so.cache: the extension has no magic number");
  auto unnamed = bytes;
  unnamed[48 + 23] = 0x40;
  CHECK(refusal(unnamed) == "ld.so.cache: a library is for hwcaps of number 0, which has no name");
}

TEST_CASE("a system below a folder has its folders, in Debian's layout and in others") {
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

TEST_CASE("a system for another machine or C library is known by its loader") {
  const test::TempFolder folder;
  const auto intel = promised_system({"manylinux2014_x86_64"}),
             musl = promised_system({"musllinux_1_2_x86_64"});
  CHECK(other_system_below(folder.path(), intel) == std::nullopt);
  folder.write("lib/ld-linux-aarch64.so.1", "");
  CHECK(other_system_below(folder.path(), intel) == "aarch64 with glibc");
  CHECK(other_system_below(folder.path(), musl) == "aarch64 with glibc");
  CHECK(other_system_below(folder.path(), promised_system({"macosx_11_0_arm64"})) == "aarch64 with glibc");
  CHECK(other_system_below(folder.path(), promised_system({"manylinux2014_aarch64"})) == std::nullopt);
  folder.write("lib/ld-musl-x86_64.so.1", "");
  CHECK(other_system_below(folder.path(), musl) == std::nullopt);
  folder.write("lib64/ld-linux-x86-64.so.2", "");
  CHECK(other_system_below(folder.path(), intel) == std::nullopt);
}
