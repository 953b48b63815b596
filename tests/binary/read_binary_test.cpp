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
  const std::string hint = "\nhint: the library is damaged: download the wheel again, or ask its publisher";
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
  CHECK(refusal(with(library, load + 16, ~std::uint64_t{0} - 1, 8))
            .ends_with("reaches beyond the address space"));
  CHECK(refusal(with(library, segment(library, 2) + 16, 0x7FFF0000, 8)) ==
        "3 x.so: PT_DYNAMIC is at address 0x7fff0000, which no PT_LOAD maps from the file");
}

TEST_CASE("what is on a segment's last page is mapped with it, unless that is cleared") {
  const auto strings = number(library, dynamic_value(library, 5), 8);
  auto load = segment(library, 1);
  while (number(library, load, 4) != 1 ||
         number(library, load + 16, 8) + number(library, load + 32, 8) <= strings)
    load += 56;
  const auto size = strings - number(library, load + 16, 8);
  REQUIRE(size > 0);
  const auto cut = with(with(library, load + 32, size, 8), load + 40, size, 8);
  CHECK(read_binary(cut, "x.so").needed == read_binary(library, "x.so").needed);
  CHECK(thrown([&] { edit_library(cut, {.soname = "libz.so"}, "x.so"); }).find("no PT_LOAD names") !=
        std::string::npos);
  CHECK(refusal(with(cut, load + 40, size + 1, 8)).find("DT_STRTAB is at address") != std::string::npos);
}

TEST_CASE("dynamic entries that lie are refused by their tag") {
  CHECK(refusal(with(library, dynamic_value(library, 5), 0x7FFF0000, 8)) ==
        "3 x.so: DT_STRTAB is at address 0x7fff0000, which no PT_LOAD maps from the file");
  CHECK(refusal(with(library, dynamic_value(library, 10), 1 << 30, 8))
            .find("DT_STRSZ (1073741824 bytes from offset ") != std::string::npos);
  CHECK(refusal(with(library, dynamic_value(library, 1), 0xFFFF, 8))
            .starts_with("3 x.so: DT_NEEDED is at 0xffff of the dynamic strings, which are "));
  CHECK(refusal(with(library, dynamic_value(library, 29), 0xFFFF, 8))
            .starts_with("3 x.so: DT_RUNPATH is at 0xffff"));
}

TEST_CASE("what is no library is refused") {
  CHECK(thrown([] { read_binary("MZ", "x.dll"); }) ==
        "3 x.dll: is not an ELF, PE or Mach-O file\nhint: name a library, like torch/lib/libtorch.so");
}

TEST_CASE("the suffix of an extension module tells the Python that imports it") {
  const auto python = [](const char* path) {
    const auto suffix = extension_suffix(path);
    if (!suffix) return std::string("no module");
    return suffix->text + " " + suffix->python.value_or(suffix->abi3 ? "abi3" : "any") +
           (suffix->free_threaded ? " free-threaded" : "");
  };
  CHECK(python("torch/_C.cpython-311-x86_64-linux-gnu.so") == ".cpython-311-x86_64-linux-gnu.so cp311");
  CHECK(python("a.cpython-313t-x86_64-linux-musl.so") ==
        ".cpython-313t-x86_64-linux-musl.so cp313t free-threaded");
  CHECK(python("a.cpython-37m-darwin.so") == ".cpython-37m-darwin.so cp37m");
  CHECK(python("a.abi3.so") == ".abi3.so abi3");
  CHECK(python("a.pypy39-pp73-x86_64-linux-gnu.so") == ".pypy39-pp73-x86_64-linux-gnu.so pypy39_pp73");
  CHECK(python("a.cp313t-win_amd64.pyd") == ".cp313t-win_amd64.pyd cp313t free-threaded");
  CHECK(python("a.pyd") == ".pyd any");
  CHECK(python("_speed.so") == ".so any");
  CHECK(python("lib/liba.so") == "no module");
  CHECK(python("lib/liba.so.1") == "no module");
  CHECK(python("a.cpython-311-x86_64-linux-gnu.so.bak") == "no module");
  CHECK(python("libgomp-a34b3233.so.1") == "no module");
  CHECK(python("a.py") == "no module");
}

TEST_CASE("the least glibc is the greatest version asked for, by number") {
  BinaryInfo info;
  CHECK(minimum_glibc(info) == std::nullopt);
  info.versions_needed = {{"libc.so.6", {"GLIBC_2.2.5", "GLIBC_2.17", "GLIBC_2.4"}},
                          {"libm.so.6", {"GLIBC_2.9", "GLIBC_PRIVATE"}}};
  CHECK(minimum_glibc(info) == "2.17");
  CHECK(c_library(info) == CLibrary::glibc);
  info = {};
  info.needed = {"libz.so.1", "libc.musl-x86_64.so.1"};
  CHECK(c_library(info) == CLibrary::musl);
}

TEST_CASE("a process maps the slice that is for its machine") {
  BinaryInfo thin;
  thin.machine = "arm64";
  CHECK(slice_for(thin, "arm64") == &thin);
  CHECK(slice_for(thin, "x86_64") == nullptr);
  BinaryInfo fat;
  fat.machine = "universal2";
  fat.slices.resize(2);
  fat.slices[0].machine = "x86_64";
  fat.slices[1].machine = "arm64";
  CHECK(slice_for(fat, "arm64") == &fat.slices[1]);
  CHECK(slice_for(fat, "universal2") == nullptr);
  CHECK(slice_for(fat, "ppc") == nullptr);
}

TEST_CASE("the least macOS is that of macOS, not of another system") {
  BinaryInfo info;
  CHECK(minimum_macos(info) == std::nullopt);
  info.minimum_os = {{"mac-catalyst", "14.0"}, {"macos", "10.15"}};
  CHECK(minimum_macos(info) == "10.15");
}

TEST_CASE("a search path is cut at its colons, and joined again") {
  CHECK(split_search_path("").empty());
  CHECK(split_search_path("a::b") == std::vector<std::string>{"a", "", "b"});
  CHECK(join_search_path({"a", "", "b"}) == "a::b");
}

TEST_CASE("what can't be in a dynamic section is wrong usage") {
  const auto refused = [](const LibraryEdit& edit) {
    return thrown([&] { edit_library(library, edit, "x.so"); });
  };
  CHECK(refused({.search_path = std::vector<std::string>{"a:b"}}) ==
        "2 x.so: 'a:b' can't be one entry of a search path: it holds a colon");
  CHECK(refused({.search_path = std::vector<std::string>{""}}) == "2 x.so: a search path can't be empty");
  CHECK(refused({.soname = ""}) == "2 x.so: a soname can't be empty");
  CHECK(refused({.needed = std::vector<std::string>{std::string("a\0b", 3)}}) ==
        "2 x.so: a needed name can't hold a NUL");
}

TEST_CASE("an edit that asks for what is there changes nothing") {
  CHECK(edit_library(library, {}, "x.so") == library);
  CHECK(edit_library(library, {.search_path = std::vector<std::string>{"$ORIGIN"}, .soname = "liba.so"},
                     "x.so") == library);
}
