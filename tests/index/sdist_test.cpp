#include "index/sdist.hpp"

#include <doctest/doctest.h>

#include <wheelfix/error.hpp>

#include "support/tar_builder.hpp"
#include "support/temp_folder.hpp"
#include "support/zip_builder.hpp"
#include "wheel/thrown.hpp"

using namespace wheelfix;
using test::gzip;
using test::make_tar;
using test::TempFolder;

namespace {

std::optional<std::string> read(const TempFolder& folder, const std::string& name, const std::string& bytes,
                                const Limits& limits = {}) {
  return read_pkg_info(File::open(folder.write(name, bytes)), limits);
}

}  // namespace

TEST_CASE("PKG-INFO is found at the top of a tar.gz and of a zip") {
  const TempFolder folder;
  const auto tar =
      make_tar({{"a-1/src/PKG-INFO", "no"}, {"PKG-INFO", "no"}, {"./a-1/PKG-INFO", "Name: a\n"}});
  CHECK(read(folder, "a-1.tar.gz", gzip(tar)) == "Name: a\n");
  CHECK(read(folder, "a-1.zip",
             test::make_zip({{.name = "a-1/src/PKG-INFO", .content = "no"},
                             {.name = "a-1/PKG-INFO", .content = "Name: a\n"}})) == "Name: a\n");
  CHECK(read(folder, "b-1.tar.gz", gzip(make_tar({{"b-1/setup.py", ""}}))) == std::nullopt);
  CHECK(read(folder, "b-1.zip", test::make_zip({{.name = "b-1/setup.py"}})) == std::nullopt);
}

TEST_CASE("what is no such archive is refused") {
  const TempFolder folder;
  const auto path = (folder / "a-1.tar.gz").string();
  const std::string hint = "\nhint: download the file again and compare its hash";
  const auto archive = gzip(make_tar({{"a-1/one", std::string(5000, 'x')}, {"a-1/PKG-INFO", "x"}}));
  CHECK(thrown([&] { read(folder, "a-1.tar.gz", "no gzip"); }) ==
        "3 " + path + ": is not compressed by gzip, so not a .tar.gz" + hint);
  CHECK(thrown([&] { read(folder, "a-1.tar.gz", ""); }) ==
        "3 " + path + ": is not compressed by gzip, so not a .tar.gz" + hint);
  CHECK(thrown([&] {
          read(folder, "a-1.tar.gz", archive.substr(0, archive.size() / 2));
        }).starts_with("3 " + path + ": "));
  auto damaged = archive;
  damaged.replace(12, 20, std::string(20, '\xff'));
  CHECK(thrown([&] {
          read(folder, "a-1.tar.gz", damaged);
        }).starts_with("3 " + path + ": its compressed data is damaged: "));
}

TEST_CASE("an sdist that inflates without end is refused") {
  const TempFolder folder;
  const auto bomb = gzip(make_tar({{"a-1/zeros", std::string(40 << 20, '\0')}}));
  CHECK(thrown([&] { read(folder, "a-1.tar.gz", bomb); }).find("inflates to more than is allowed") !=
        std::string::npos);
  CHECK(read(folder, "a-1.tar.gz", bomb, {.max_ratio = 2000}) == std::nullopt);
}
