#include "delta/match_bytes.hpp"

#include <doctest/doctest.h>

#include <random>
#include <wheelfix/error.hpp>

using namespace wheelfix;

namespace {

std::string random_bytes(std::mt19937& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

std::string applied(const std::string& old, const std::vector<MatchedRun>& runs) {
  std::string made;
  for (const auto& run : runs) made += run.bytes + old.substr(run.offset, run.size);
  return made;
}

std::size_t new_bytes(const std::vector<MatchedRun>& runs) {
  std::size_t size = 0;
  for (const auto& run : runs) size += run.bytes.size();
  return size;
}

std::vector<MatchedRun> match(const std::string& old, const std::string& now, std::uint64_t block = 64) {
  MemoryBytes old_bytes(old), now_bytes(now);
  return match_bytes({old_bytes, 0, old.size()}, {now_bytes, 0, now.size()}, block, 1 << 30);
}

}  // namespace

TEST_SUITE_BEGIN("delta");

TEST_CASE("equal bytes are one range") {
  std::mt19937 random(1);
  const auto bytes = random_bytes(random, 300'000);
  CHECK(match(bytes, bytes) == std::vector<MatchedRun>{{.bytes = {}, .offset = 0, .size = bytes.size()}});
  CHECK(match("", "").empty());
  CHECK(match(bytes, "").empty());
}

TEST_CASE("what is between edits is found, wherever it moved to") {
  std::mt19937 random(2);
  const auto old = random_bytes(random, 400'000);
  auto now = old;
  now.replace(100'000, 10, "an edit that is longer than that");
  now.replace(250'000, 50, "shorter");
  const auto runs = match(old, now);
  CHECK(applied(old, runs) == now);
  CHECK(runs.size() == 3);
  CHECK(new_bytes(runs) <= 32 + 7);

  const auto swapped = old.substr(200'000) + old.substr(0, 200'000);
  CHECK(applied(old, match(old, swapped)) == swapped);
  CHECK(new_bytes(match(old, swapped)) == 0);
}

TEST_CASE("any two texts are described, by ranges within the old one") {
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) {
    auto old = random_bytes(random, random() % 3000);
    if (random() % 3 == 0) std::fill(old.begin(), old.end(), 'x');  // each block is like each other
    auto now = old;
    for (auto edits = random() % 4; edits > 0 && !now.empty(); --edits)
      now.replace(random() % now.size(), random() % 200, random_bytes(random, random() % 100));
    const auto runs = match(old, now, std::uint64_t{16} << random() % 4);
    for (const auto& run : runs) CHECK(run.offset + run.size <= old.size());
    CHECK(applied(old, runs) == now);
  }
}

TEST_CASE("parts of sources are compared, and offsets are those of the whole") {
  const std::string old = "0123456789", now = "abc345xyz";
  MemoryBytes old_bytes(old), now_bytes(now);
  const auto runs = match_bytes({old_bytes, 3, 6}, {now_bytes, 3, 6}, 64, 0);
  CHECK(runs == std::vector<MatchedRun>{{.bytes = {}, .offset = 3, .size = 3}});
  CHECK(are_equal({old_bytes, 3, 6}, {now_bytes, 3, 6}));
  CHECK_FALSE(are_equal({old_bytes, 3, 6}, {now_bytes, 3, 7}));
  CHECK_FALSE(are_equal({old_bytes, 3, 6}, {now_bytes, 2, 5}));
}

TEST_CASE("more new bytes than allowed are refused") {
  std::mt19937 random(4);
  const auto old = random_bytes(random, 5000), now = random_bytes(random, 5000);
  MemoryBytes old_bytes(old), now_bytes(now);
  CHECK_THROWS_WITH_AS(match_bytes({old_bytes, 0, 5000}, {now_bytes, 0, 5000}, 64, 4999),
                       "the wheels: have too little in common for a delta", Error);
}

TEST_SUITE_END();
