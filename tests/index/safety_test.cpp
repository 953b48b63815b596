#include <unistd.h>

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <wheelfix/error.hpp>
#include <wheelfix/index.hpp>

#include "index/folder_lock.hpp"
#include "index/index_testing.hpp"
#include "wheel/thrown.hpp"

using namespace wheelfix;
using namespace test;
namespace fs = std::filesystem;

TEST_CASE("without a sound cache what lies there is known by its pages, and what is gone is removed") {
  const TempFolder folder;
  fill(folder);
  make_index(folder.path());
  for (const auto* damage : {"removed", "damaged"}) {
    CAPTURE(damage);
    if (damage == std::string("removed")) {
      fs::remove(folder / "simple/.wheelfix-index.cache");
    } else {
      folder.write("simple/.wheelfix-index.cache", "wheelfix-index cache 2\n" + std::string(100, 'x'));
    }
    CHECK(make_index(folder.path()).changes.empty());
  }
  fs::remove(folder / "simple/.wheelfix-index.cache");
  fs::remove(folder / "triton-2.1.0+x-0-cp311-cp311-linux_x86_64.whl");
  CHECK(told(make_index(folder.path())) ==
        Lines{"removed triton/triton-2.1.0+x-0-cp311-cp311-linux_x86_64.whl"});
  CHECK_FALSE(fs::exists(folder / "simple/triton"));
}

TEST_CASE("what others put into the index stays") {
  const TempFolder folder;
  fill(folder);
  make_index(folder.path());
  folder.write("simple/triton/notes.txt", "mine");
  folder.write("simple/mine/index.html", "mine");
  fs::remove(folder / "triton-2.1.0+x-0-cp311-cp311-linux_x86_64.whl");
  fs::remove(folder / "simple/demo/demo-1.0-py3-none-any.whl");
  folder.write("simple/demo/demo-1.0-py3-none-any.whl", "mine");
  fs::remove(folder / "demo-1.0-py3-none-any.whl");
  make_index(folder.path());
  CHECK(names_in(folder / "simple/triton") == Lines{"notes.txt"});
  CHECK(slurp(folder / "simple/mine/index.html") == "mine");
  CHECK(slurp(folder / "simple/demo/demo-1.0-py3-none-any.whl") == "mine");
}

TEST_CASE("a page or file of others in the way is not replaced") {
  const TempFolder folder;
  fill(folder);
  const std::string words = " exists already, and wheelfix-index did not make it\nhint: move ";
  const std::string folder_words = words +
                                   "the folder away, or name another with --output: an index that dir2pi "
                                   "made can be made again from the packages";
  for (const auto* name : {"index.html", "index.v1_json"}) {
    const auto page = folder.write(std::string("simple/") + name, "my home page");
    for (const bool is_check : {true, false})
      CHECK(thrown([&] { make_index(folder.path(), {.is_check = is_check}); }) ==
            "3 " + page.string() + ":" + folder_words);
    CHECK(names_in(folder / "simple") == Lines{".wheelfix-index.lock", name});
    CHECK(slurp(page) == "my home page");
    fs::remove(page);
  }
  const auto page = folder.write("simple/demo/index.html", "my demo");
  CHECK(thrown([&] { make_index(folder.path()); }) == "3 " + page.string() + ":" + folder_words);
  fs::remove_all(folder / "simple");
  const auto file = folder.write("simple/demo/demo-1.0-py3-none-any.whl", "other");
  CHECK(thrown([&] { make_index(folder.path(), {.jobs = 1}); }) ==
        "3 " + file.string() + ":" + words + "it away, or name another folder with --output");
  CHECK(slurp(file) == "other");
}

TEST_CASE("links that dir2pi made without pages are taken over, and a folder's second name is left alone") {
  const TempFolder folder;
  WheelText{}.write(folder);
  fs::create_directories(folder / "simple/demo");
  fs::create_symlink("demo", folder / "simple/Demo");
  fs::create_symlink("../../demo-1.0-py3-none-any.whl", folder / "simple/demo/demo-1.0-py3-none-any.whl");
  fs::create_symlink("../../demo-0.9-py3-none-any.whl", folder / "simple/demo/demo-0.9-py3-none-any.whl");
  make_index(folder.path());
  CHECK(names_in(folder / "simple/Demo") == Lines{"demo-1.0-py3-none-any.whl",
                                                  "demo-1.0-py3-none-any.whl.metadata", "index.html",
                                                  "index.v1_json"});
}

TEST_CASE("what is missing or damaged in the index is mended") {
  const TempFolder folder;
  fill(folder);
  make_index(folder.path());
  const auto whole = pages(folder / "simple");
  folder.write("simple/demo/index.html", "");
  folder.write("simple/index.v1_json", "{\"_generator\":\"wheelfix-index\"}");
  fs::remove(folder / "simple/my-sdist/my-sdist-1.0.tar.gz");
  fs::remove(folder / "simple/triton/triton-2.1.0+x-0-cp311-cp311-linux_x86_64.whl.metadata");
  const Lines expected = {"rewritten demo/index.html", "rewritten index.v1_json",
                          "rewritten my-sdist/my-sdist-1.0.tar.gz",
                          "rewritten triton/triton-2.1.0+x-0-cp311-cp311-linux_x86_64.whl.metadata"};
  CHECK(told(make_index(folder.path(), {.is_check = true})) == expected);
  CHECK(told(make_index(folder.path())) == expected);
  CHECK(pages(folder / "simple") == whole);
}

TEST_CASE("what a killed run left goes with the next") {
  const TempFolder folder;
  fill(folder);
  make_index(folder.path());
  const auto whole = pages(folder / "simple");
  folder.write("simple/.wheelfix-index.new/demo/index.html", "half");
  fs::create_symlink("../../demo-9.9-py3-none-any.whl", folder / "simple/demo/demo-9.9-py3-none-any.whl");
  make_index(folder.path());
  CHECK_FALSE(fs::exists(folder / "simple/.wheelfix-index.new"));
  CHECK_FALSE(fs::is_symlink(folder / "simple/demo/demo-9.9-py3-none-any.whl"));
  CHECK(pages(folder / "simple") == whole);
}

TEST_CASE("what a run that failed has linked goes with its file") {
  const TempFolder folder;
  fill(folder);
  make_index(folder.path());
  const auto whole = pages(folder / "simple");
  const auto wheel = WheelText{.version = "3.0"}.write(folder);
  folder.write("simple/demo/index.html", "mine");
  CHECK(thrown([&] { make_index(folder.path()); }).starts_with("3 "));
  CHECK(fs::is_symlink(folder / "simple/demo/demo-3.0-py3-none-any.whl"));
  fs::remove(folder / "simple/demo/index.html");
  fs::remove(wheel);
  make_index(folder.path());
  CHECK_FALSE(fs::is_symlink(folder / "simple/demo/demo-3.0-py3-none-any.whl"));
  CHECK_FALSE(fs::exists(folder / "simple/.wheelfix-index.new"));
  CHECK(pages(folder / "simple") == whole);
}

TEST_CASE("a run waits for the one before it, and can be cancelled meanwhile") {
  const TempFolder folder;
  fill(folder);
  fs::create_directory(folder / "simple");
  std::atomic<int> waited{0};
  {
    const FolderLock lock(folder / "simple", {}, {});
    IndexOptions options{.progress = [](const Progress&) { return false; }, .waiting = [&] { ++waited; }};
    CHECK(thrown([&] { make_index(folder.path(), options); }) == "4 waiting for another run was cancelled");
    CHECK(waited == 1);
    CHECK_FALSE(fs::exists(folder / "simple/demo"));
  }
  std::vector<std::jthread> runs;
  for (int i = 0; i < 4; ++i) runs.emplace_back([&] { make_index(folder.path()); });
  runs.clear();
  CHECK(make_index(folder.path()).files == 4);
}

/// Reads the index as a client does while runs change it: whatever a page names must be there, unless a newer
/// page is by now.
TEST_CASE("a reader never meets a page that names what isn't there") {
  const TempFolder folder;
  fill(folder);
  make_index(folder.path());
  std::atomic<bool> is_done{false};
  std::atomic<int> broken{0};
  std::jthread reader([&] {
    while (!is_done) {
      for (const auto* project : {"simple/demo", "simple/triton"}) {
        const auto page = slurp(folder / (std::string(project) + "/index.html"));
        if (!page.ends_with("</html>\n")) ++broken;
      }
      const auto demo = slurp(folder / "simple/demo/index.html");
      const auto is_named = demo.find("demo-3.0-py3-none-any.whl\"") != std::string::npos;
      const bool is_there = fs::exists(folder / "simple/demo/demo-3.0-py3-none-any.whl.metadata");
      if (is_named && !is_there && slurp(folder / "simple/demo/index.html") == demo) ++broken;
    }
  });
  for (int i = 0; i < 30; ++i) {
    WheelText{.version = "3.0"}.write(folder);
    make_index(folder.path(), {.jobs = 2});
    fs::remove(folder / "demo-3.0-py3-none-any.whl");
    make_index(folder.path(), {.jobs = 2});
  }
  is_done = true;
  reader.join();
  CHECK(broken == 0);
}
