#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <wheelfix/error.hpp>
#include <wheelfix/patch.hpp>

#include "base/file.hpp"
#include "support/temp_folder.hpp"
#include "wheel/thrown.hpp"

using namespace wheelfix;
using test::TempFolder;

namespace {

std::string adds(const std::string& name) {
  return "--- /dev/null\n+++ b/" + name + "\n@@ -0,0 +1 @@\n+x\n";
}

std::vector<std::string> loaded(const TempFolder& folder) {
  std::vector<std::string> names;
  for (const auto& diff : load_patch_folder(folder.path()))
    names.push_back(std::filesystem::path(diff.name).filename().string());
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("the patches and diffs of a folder come in order of name, and nothing else does") {
  const TempFolder folder;
  folder.write("010-b.patch", adds("b"));
  folder.write("002-a.diff", adds("a"));
  folder.write("README.md", "not a patch");
  folder.write("old/003.patch", adds("c"));
  CHECK(loaded(folder) == Names{"002-a.diff", "010-b.patch"});
}

TEST_CASE("a series file gives the order, and leaves out what it doesn't list") {
  const TempFolder folder;
  for (const auto* name : {"a.patch", "b.patch", "c.patch"}) folder.write(name, adds(name));
  folder.write("series", "# the order\n\nc.patch\r\na.patch   # and a remark\n");
  CHECK(loaded(folder) == Names{"c.patch", "a.patch"});
}

TEST_CASE("a series that can't be followed is refused with its line") {
  const TempFolder folder;
  folder.write("a.patch", adds("a"));
  const auto series = folder.write("series", "a.patch\nb.patch\n").string();
  CHECK_THROWS_WITH_AS(load_patch_folder(folder.path()),
                       (series + ":2: b.patch is not in the folder").c_str(), Error);
  folder.write("series", "a.patch -p0\n");
  CHECK_THROWS_WITH_AS(load_patch_folder(folder.path()),
                       (series + ":1: has options after the patch's name").c_str(), Error);
  folder.write("series", "# nothing\n");
  CHECK_THROWS_WITH_AS(load_patch_folder(folder.path()), (series + ": lists no patches").c_str(), Error);
}

TEST_CASE("a folder without patches, or none at all, is an error") {
  const TempFolder folder;
  CHECK_THROWS_WITH_AS(load_patch_folder(folder.path()),
                       (folder.path().string() + ": has no *.patch and no *.diff").c_str(), Error);
  CHECK_THROWS_WITH_AS(
      load_patch_folder(folder / "no"),
      ((folder / "no").string() + ": cannot read the folder: No such file or directory").c_str(), Error);
}

TEST_CASE("a series names nothing outside of its folder") {
  const TempFolder folder;
  folder.write("outside.patch", adds("a"));
  const auto inner = folder / "patches";
  for (const std::string name : {"../outside.patch", "../patches/../outside.patch", "/etc/passwd"}) {
    const auto series = folder.write("patches/series", name + "\n").string();
    CHECK_THROWS_WITH_AS(load_patch_folder(inner),
                         (series + ":1: " + name + " leaves the folder of the series").c_str(), Error);
  }
  const auto series = folder.write("patches/series", "outside.patch\n").string();
  std::filesystem::create_symlink("../outside.patch", inner / "outside.patch");
  CHECK_THROWS_WITH_AS(load_patch_folder(inner),
                       (series + ":1: outside.patch is a link that leads out of the folder, to " +
                        std::filesystem::canonical(folder / "outside.patch").string())
                           .c_str(),
                       Error);
}

TEST_CASE("a folder whose every file is a link into another one, as in Bazel's sandbox, is that one") {
  const TempFolder folder;
  folder.write("real/series", "a.patch\nsub/b.patch\n");
  folder.write("real/a.patch", adds("a"));
  folder.write("real/sub/b.patch", adds("b"));
  std::filesystem::create_directories(folder / "sandbox/sub");
  for (const auto* name : {"series", "a.patch", "sub/b.patch"})
    std::filesystem::create_symlink(folder / "real" / name, folder / "sandbox" / name);
  std::vector<std::string> names;
  for (const auto& diff : load_patch_folder(folder / "sandbox")) names.push_back(diff.name);
  CHECK(names == Names{(folder / "sandbox/a.patch").string(), (folder / "sandbox/sub/b.patch").string()});
  std::filesystem::create_directory_symlink("sandbox", folder / "way");
  CHECK(load_patch_folder(folder / "way").size() == 2);
}

TEST_CASE("a patch is written through a link, and into a pipe or device") {
  const TempFolder folder;
  folder.write("real", "old");
  std::filesystem::create_symlink("real", folder / "link");
  save_patch("new", folder / "link");
  CHECK(test::slurp(folder / "real") == "new");
  CHECK(std::filesystem::is_symlink(folder / "link"));
  const auto pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0666) == 0);
  const Descriptor reader(::open(pipe.c_str(), O_RDONLY | O_NONBLOCK));
  save_patch("through", pipe);
  std::string said(7, '\0');
  CHECK(::read(reader.get(), said.data(), said.size()) == 7);
  CHECK(said == "through");
  CHECK(std::filesystem::is_fifo(pipe));
}
