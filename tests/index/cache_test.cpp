#include "index/cache.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;

namespace {

Cache sample() {
  const std::string digest(64, 'a');
  return {.links = "symlink",
          .settings = "title",
          .packages = {{"demo-1.0-py3-none-any.whl", "demo", "1.0", {5, -6, 7}, digest, digest, ">=3.8"},
                       {"demo-1.0.tar.gz", "demo", "1.0", {5, 6, 7}, digest, "", ""}},
          .seals = {{"", "x"}, {"demo", "y"}}};
}

}  // namespace

TEST_CASE("what is written is read again") {
  const auto cache = sample();
  const auto read = Cache::parse(cache.to_bytes());
  REQUIRE(read);
  CHECK(read->links == cache.links);
  CHECK(read->settings == cache.settings);
  CHECK(read->packages == cache.packages);
  CHECK(read->seals == cache.seals);
  CHECK(Cache::parse(Cache{}.to_bytes()));
}

TEST_CASE("a cache that is damaged anywhere is ignored") {
  const auto bytes = sample().to_bytes();
  CHECK_FALSE(Cache::parse(""));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    CHECK_FALSE(Cache::parse(damaged));
    CHECK_FALSE(Cache::parse(bytes.substr(0, i)));
  }
  CHECK_FALSE(Cache::parse(bytes + "x"));
}

TEST_CASE("names that lead out of the folder and invalid versions are not taken") {
  const auto refuses = [](void (*change)(Package&)) {
    auto cache = sample();
    change(cache.packages.front());
    return !Cache::parse(cache.to_bytes());
  };
  CHECK(refuses([](Package& p) { p.file_name = "../demo-1.0-py3-none-any.whl"; }));
  CHECK(refuses([](Package& p) { p.file_name = ".."; }));
  CHECK(refuses([](Package& p) { p.file_name = ""; }));
  CHECK(refuses([](Package& p) { p.project = "a/b"; }));
  CHECK(refuses([](Package& p) { p.project = "Demo"; }));
  CHECK(refuses([](Package& p) { p.version = "one"; }));
  CHECK(refuses([](Package& p) { p.sha256 = "A"; }));
  CHECK(refuses([](Package& p) { p.metadata_sha256 = "b"; }));
}
