#include "index/tar.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <wheelfix/error.hpp>

#include "support/tar_builder.hpp"
#include "wheel/thrown.hpp"

using namespace wheelfix;
using test::make_tar;
using test::pax_record;

namespace {

std::optional<std::string> find(const std::string& tar, const std::string& wanted, std::size_t piece = 7) {
  std::size_t at = 0;
  const auto source = [&](char* buffer, std::size_t size) {
    const auto count = std::min({piece, size, tar.size() - at});
    std::copy_n(tar.data() + at, count, buffer);
    at += count;
    return count;
  };
  return find_in_tar(
      source, [&](std::string_view path) { return path == wanted; }, 100'000, "a.tar.gz");
}

}  // namespace

TEST_CASE("a file is found after others, whatever pieces the stream comes in") {
  const auto tar = make_tar({{"a/", "", '5'},
                             {"a/one", std::string(1000, 'x')},
                             {"a/PKG-INFO", "Name: a\n"},
                             {"a/PKG-INFO", "second"}});
  for (const std::size_t piece : {1U, 7U, 512U, 100000U})
    CHECK(find(tar, "a/PKG-INFO", piece) == "Name: a\n");
  CHECK(find(tar, "a/one") == std::string(1000, 'x'));
  CHECK(find(tar, "a/two") == std::nullopt);
  CHECK(find(tar, "a/") == std::nullopt);
  CHECK(find(std::string(), "a") == std::nullopt);
}

TEST_CASE("long names come from ustar's prefix, pax and GNU headers") {
  const std::string folder(120, 'd');
  CHECK(find(make_tar({{.name = "PKG-INFO", .content = "1", .prefix = folder}}), folder + "/PKG-INFO") ==
        "1");
  const std::string content = "2";
  CHECK(find(make_tar({{"pax", pax_record("mtime", "1.5") + pax_record("path", folder + "/PKG-INFO"), 'x'},
                       {"short", content}}),
             folder + "/PKG-INFO") == "2");
  CHECK(find(make_tar({{"././@LongLink", folder + "/PKG-INFO" + std::string(1, '\0'), 'L'}, {"short", "3"}}),
             folder + "/PKG-INFO") == "3");
  CHECK(find(make_tar({{"pax", pax_record("path", "long"), 'x'}, {"one", "1"}, {"two", "2"}}), "two") == "2");
}

TEST_CASE("sizes may be binary, or told by pax") {
  const std::string binary = "\x80" + std::string(10, '\0') + "\x05";
  CHECK(find(make_tar({{.name = "a", .content = "12345", .size_field = binary}}), "a") == "12345");
  CHECK(find(make_tar({{"pax", pax_record("size", "5"), 'x'},
                       {.name = "a", .content = "12345", .size_field = "00000000000"}}),
             "a") == "12345");
}

TEST_CASE("an archive that is cut short or no tar is refused") {
  const auto tar = make_tar({{"a/one", std::string(1000, 'x')}});
  const std::string hint = "\nhint: download the file again and compare its hash";
  CHECK(thrown([&] { find(tar.substr(0, 700), "b"); }) ==
        "3 a.tar.gz: is cut short: the tar archive ends within an entry" + hint);
  CHECK(thrown([&] { find(tar.substr(0, 700), "a/one"); }) ==
        "3 a.tar.gz: is cut short: the tar archive ends within an entry" + hint);
  CHECK(thrown([&] { find(tar.substr(0, 100), "b"); }) ==
        "3 a.tar.gz: is cut short: the tar archive ends within a header" + hint);
  CHECK(thrown([&] { find(std::string(512, 'x'), "b"); }) ==
        "3 a.tar.gz: is damaged, or not a tar archive: a header's checksum is wrong" + hint);
  CHECK(thrown([&] { find(make_tar({{.name = "a", .content = "", .size_field = "x"}}), "b"); }) ==
        "3 a.tar.gz: is damaged: a tar header has no usable size" + hint);
  for (const auto* records : {"5", "99 path=x\n", "3 a", "x path=y\n", "0 "}) {
    CHECK(thrown([&] {
            find(make_tar({{"pax", records, 'x'}}), "b");
          }) == "3 a.tar.gz: is damaged: a pax header has a record of a wrong length" + hint);
  }
  CHECK(thrown([&] {
          find(make_tar({{"a", std::string(100'001, 'x')}}), "a");
        }) == "3 a.tar.gz: a has 100001 bytes, more than 100000" + hint);
}
