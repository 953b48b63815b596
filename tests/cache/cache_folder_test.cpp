#include "cache/cache_folder.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "base/hash.hpp"
#include "support/temp_folder.hpp"

using namespace wheelfix;
using test::TempFolder;

namespace {

const std::string one = sha256_hex("1"), two = sha256_hex("2"), three = sha256_hex("3");

unsigned mode_of(const std::filesystem::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

void set_use(const std::filesystem::path& path, std::time_t time) {
  const struct timespec times[2] = {{time, 0}, {time, 0}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
}

}  // namespace

TEST_CASE("a cache is made if it is missing, and is this user's alone") {
  const TempFolder folder;
  const auto path = folder / "a/b/wheelfix";
  const auto mask = ::umask(0);
  const auto cache = CacheFolder::open(path);
  REQUIRE(cache);
  CHECK_FALSE(cache->read(one));
  cache->write(one, "content");
  ::umask(mask);
  CHECK(cache->read(one) == "content");
  CHECK(CacheFolder::open(path)->read(one) == "content");
  cache->write(one, "other");
  CHECK(cache->read(one) == "other");
  for (const auto* made : {"a", "a/b", "a/b/wheelfix"}) CHECK(mode_of(folder / made) == 0700);
  CHECK(mode_of(path / one) == 0600);
  CHECK(std::distance(std::filesystem::directory_iterator(path), {}) == 1);
}

TEST_CASE("a folder that others can write to isn't used, one that they can read is closed to them") {
  const TempFolder folder;
  for (const mode_t mode : {0777U, 0770U, 0702U, 01777U}) {
    std::filesystem::create_directory(folder / "open");
    REQUIRE(::chmod((folder / "open").c_str(), mode) == 0);
    CHECK_FALSE(CacheFolder::open(folder / "open"));
    CHECK(mode_of(folder / "open") == mode);
    std::filesystem::remove(folder / "open");
  }
  std::filesystem::create_directory(folder / "readable");
  REQUIRE(::chmod((folder / "readable").c_str(), 0755) == 0);
  CHECK(CacheFolder::open(folder / "readable"));
  CHECK(mode_of(folder / "readable") == 0700);
  if (::geteuid() == 0) {
    REQUIRE(::chown((folder / "readable").c_str(), 12345, 12345) == 0);
    CHECK_FALSE(CacheFolder::open(folder / "readable"));
  }
}

TEST_CASE("what can't be a cache isn't one") {
  const TempFolder folder;
  folder.write("file", "");
  CHECK_FALSE(CacheFolder::open(""));
  CHECK_FALSE(CacheFolder::open(folder / "file"));
  CHECK_FALSE(CacheFolder::open(folder / "file/below"));
  CHECK_FALSE(CacheFolder::open("/proc/none/wheelfix"));
}

TEST_CASE("files that aren't plain, or that others can write to, are as missing") {
  const TempFolder folder;
  const auto cache = CacheFolder::open(folder.path());
  REQUIRE(cache);
  folder.write("elsewhere", "secret");
  std::filesystem::create_symlink("elsewhere", folder / one);
  CHECK_FALSE(cache->read(one));
  cache->write(one, "mine");
  CHECK(cache->read(one) == "mine");
  CHECK(test::slurp(folder / "elsewhere") == "secret");
  REQUIRE(::mkfifo((folder / two).c_str(), 0600) == 0);
  CHECK_FALSE(cache->read(two));
  std::filesystem::create_directory(folder / three);
  CHECK_FALSE(cache->read(three));
  cache->write(three, "can't be");
  CHECK_FALSE(cache->read(three));
  REQUIRE(::chmod((folder / one).c_str(), 0620) == 0);
  CHECK_FALSE(cache->read(one));
}

TEST_CASE("the files that weren't used for the longest time go, and those of killed runs, and no others") {
  const TempFolder folder;
  const auto cache = CacheFolder::open(folder.path(), 25);
  REQUIRE(cache);
  folder.write("README", std::string(1000, 'x'));
  folder.write(".tmp-1-" + one, "killed");
  set_use(folder / (".tmp-1-" + one), 1'000'000'000);
  const auto running = ".tmp-2-" + one;
  folder.write(running, "");
  cache->write(one, "0123456789");
  cache->write(two, "0123456789");
  set_use(folder / one, 1'000'000'001);
  set_use(folder / two, 1'000'000'000);
  CHECK(cache->read(two) == "0123456789");  // which is a use
  cache->write(three, "0123456789");
  CHECK(folder.names() == std::set<std::string>{"README", running, two, three});
  cache->write(one, std::string(CacheFolder::max_file + 1, 'x'));
  CHECK_FALSE(cache->read(one));
}

TEST_CASE("many runs use a cache at once, and it may be deleted meanwhile") {
  const TempFolder folder;
  const std::string content(100'000, 'x');
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&, i] {
        for (int turn = 0; turn < 50; ++turn) {
          const auto cache = CacheFolder::open(folder / "cache");
          if (!cache) continue;
          cache->write(one, content);
          const auto read = cache->read(one);
          CHECK((!read || *read == content));
          if (i == 0 && turn % 10 == 0) {
            std::error_code ignored;
            std::filesystem::remove_all(folder / "cache", ignored);
          }
        }
      });
  }
}
