#include "base/workers.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

using namespace wheelfix;

TEST_CASE("each piece of work is done once, whatever the number of threads") {
  for (const unsigned jobs : {0U, 1U, 2U, 7U}) {
    std::vector<std::atomic<int>> done(1000);
    for_each_parallel(done.size(), jobs, [&](std::size_t i) { ++done[i]; });
    for (const auto& count : done) CHECK(count == 1);
  }
}

TEST_CASE("of several failures that of the lowest piece is thrown") {
  for (int round = 0; round < 50; ++round) {
    const auto work = [](std::size_t i) {
      if (i == 3 || i == 4 || i == 90) throw std::runtime_error(std::to_string(i));
    };
    CHECK_THROWS_WITH_AS(for_each_parallel(100, 4, work), "3", std::runtime_error);
  }
}

TEST_CASE("nothing is begun after a failure on one thread") {
  std::size_t last = 0;
  const auto work = [&](std::size_t i) {
    last = i;
    if (i == 5) throw std::runtime_error("five");
  };
  CHECK_THROWS_AS(for_each_parallel(100, 1, work), std::runtime_error);
  CHECK(last == 5);
}

TEST_CASE("no work is no error") {
  for_each_parallel(0, 4, [](std::size_t) { FAIL("called"); });
}
