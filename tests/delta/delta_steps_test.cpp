#include "delta/delta_steps.hpp"

#include <doctest/doctest.h>

#include <wheelfix/error.hpp>

#include "base/hash.hpp"
#include "deflate/compress.hpp"

using namespace wheelfix;
using Kind = DeltaStep::Kind;

namespace {

const std::string old_content = std::string(5000, 'a') + "middle" + std::string(5000, 'b');

std::string central_header(std::uint32_t offset) {
  std::string header("PK\1\2", 4);
  header.append(24, '\0');
  header += std::string("\1\0\2\0\3\0", 6);  // sizes of name, extra fields and comment
  header.append(8, '\0');
  for (int shift = 0; shift < 32; shift += 8) header.push_back(static_cast<char>(offset >> shift));
  return header + "nXXccc";
}

/// Headers, and a stream after them.
std::string source_bytes() {
  return central_header(0) + central_header(70'000) + deflate(old_content, 6);
}

Delta sample() {
  Delta delta{.source_sha256 = sha256_hex("source"),
              .result_sha256 = sha256_hex("result"),
              .source_size = 1000,
              .result_size = 105,
              .result_name = "demo-1.0+x-py3-none-any.whl",
              .steps = {}};
  delta.steps = {{.kind = Kind::copied, .offset = 900, .size = 100},
                 {.kind = Kind::literal, .size = 5, .bytes = "bytes"}};
  return delta;
}

void check_refused(const Delta& delta, const char* what) {
  const auto bytes = delta.to_bytes();
  CHECK_THROWS_WITH_AS(Delta::parse(bytes, "x.delta"), what, Error);
}

}  // namespace

TEST_SUITE_BEGIN("delta");

TEST_CASE("a delta is read as it was written") {
  const auto delta = sample();
  CHECK(Delta::parse(delta.to_bytes(), "x.delta") == delta);
}

TEST_CASE("other bytes aren't a delta") {
  const auto bytes = sample().to_bytes();
  CHECK_THROWS_WITH_AS(Delta::parse("PK\3\4", "x.delta"), "x.delta: isn't a delta of wheelfix", Error);
  CHECK_THROWS_WITH_AS(Delta::parse("", "x.delta"), "x.delta: isn't a delta of wheelfix", Error);
  CHECK_THROWS_WITH_AS(Delta::parse("wheelfix delta 3\n", "x.delta"),
                       "x.delta: is a delta in a format that this wheelfix doesn't know", Error);
  for (std::size_t i = 17; i < bytes.size(); ++i) {
    auto damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x40);
    CHECK_THROWS_WITH_AS(Delta::parse(damaged, "x.delta"),
                         "x.delta: is damaged: its bytes aren't those that were written", Error);
    CHECK_THROWS_WITH_AS(Delta::parse(bytes.substr(0, i), "x.delta"),
                         "x.delta: is damaged: its bytes aren't those that were written", Error);
  }
}

TEST_CASE("steps must fit the sizes") {
  auto delta = sample();
  delta.steps[0].offset = 901;
  check_refused(delta, "x.delta: is damaged: a step is outside of the source");
  delta.steps[0].offset = 0xFFFF'FFFF'FFFF'FFF0;  // offset + size wraps around
  check_refused(delta, "x.delta: is damaged: a step is outside of the source");
  delta = sample();
  delta.steps[1].size = 6;
  check_refused(delta, "x.delta: is damaged: a step is outside of the source");
  delta = sample();
  delta.steps[0].level = 13;
  check_refused(delta, "x.delta: is damaged: a step has no compression level");
  delta = sample();
  delta.result_size = 104;
  check_refused(delta, "x.delta: is damaged: its steps make more than the result");
  delta.result_size = 106;
  check_refused(delta, "x.delta: is damaged: its steps make less than the result");
  delta.steps.assign(2'000'000, {.kind = Kind::copied, .offset = 0, .size = 1000});  // 2 GB of a few kB
  delta.result_size = 2'000'000'000;
  check_refused(delta, "x.delta: makes a wheel that is over 1 GiB larger than its source");
}

TEST_CASE("content can't be larger than it says, nor smaller") {
  const std::string content = "wheelfix delta 2\n";
  const auto with_size = [&](char size) {
    return sealed(content + size + std::string(7, '\0') + deflate("0123456789", 6));
  };
  CHECK_THROWS_WITH_AS(Delta::parse(with_size(9), "x.delta"), "x.delta: has more content than it says", Error);
  CHECK_THROWS_WITH_AS(Delta::parse(with_size(11), "x.delta"), "x.delta: has other content than it says", Error);
  CHECK_THROWS_WITH_AS(Delta::parse(sealed(content + std::string(8, '\xFF')), "x.delta"),
                       "x.delta: has more than 268435456 bytes of content", Error);
}

TEST_CASE("headers get other offsets") {
  const auto bytes = source_bytes();
  MemoryBytes source(bytes);
  const auto size = central_header(0).size();
  const DeltaStep step{.kind = Kind::headers, .offset = 0, .size = 2 * size, .shift = 258};
  CHECK(bytes_of_step(step, source, "x.delta") == central_header(258) + central_header(70'258));
  const DeltaStep back{.kind = Kind::headers, .offset = size, .size = size, .shift = static_cast<std::uint64_t>(-70'000)};
  CHECK(bytes_of_step(back, source, "x.delta") == central_header(0));

  auto wrong = step;
  wrong.offset = 1;
  CHECK_THROWS_WITH_AS(bytes_of_step(wrong, source, "x.delta"),
                       "x.delta: is for another source: no header where one should be", Error);
  wrong = step;
  wrong.shift = static_cast<std::uint64_t>(-1);
  CHECK_THROWS_WITH_AS(bytes_of_step(wrong, source, "x.delta"),
                       "x.delta: is for another source: an offset doesn't fit into its header", Error);
  wrong = step;
  wrong.size = 2 * size - 1;
  CHECK_THROWS_WITH_AS(bytes_of_step(wrong, source, "x.delta"), "x.delta: is for another source: it is shorter", Error);
}

TEST_CASE("content is changed and deflated again") {
  const auto bytes = source_bytes();
  MemoryBytes source(bytes);
  const auto at = 2 * central_header(0).size();
  DeltaStep step{.kind = Kind::deflated, .offset = at, .stream_size = bytes.size() - at};
  step.runs = {{.bytes = {}, .offset = 0, .size = 5000}, {.bytes = "MIDDLE", .offset = 5006, .size = 5000}};
  const auto wanted = deflate(std::string(5000, 'a') + "MIDDLE" + std::string(5000, 'b'), 6);
  step.size = wanted.size();
  CHECK(bytes_of_step(step, source, "x.delta") == wanted);
  auto fast = step;
  fast.level = 1;
  const auto larger = deflate(std::string(5000, 'a') + "MIDDLE" + std::string(5000, 'b'), 1);
  fast.size = larger.size();
  CHECK(bytes_of_step(fast, source, "x.delta") == larger);

  step.size += 1;
  CHECK_THROWS_WITH_AS(bytes_of_step(step, source, "x.delta"),
                       "x.delta: was made by a wheelfix that compresses otherwise", Error);
  step.runs[1].size = 5001;
  CHECK_THROWS_WITH_AS(bytes_of_step(step, source, "x.delta"),
                       "x.delta: is for another source: an entry's content is shorter", Error);
  step.runs.assign(2000, {.bytes = {}, .offset = 0, .size = 10'000});
  CHECK_THROWS_WITH_AS(bytes_of_step(step, source, "x.delta"), "x.delta: is damaged: an entry's content is too large",
                       Error);
  step.stream_size -= 1;
  CHECK_THROWS_AS(bytes_of_step(step, source, "x.delta"), Error);

  const auto large = deflate(std::string(most_deflated_content + 1, 'x'), 6);
  MemoryBytes large_source(large);
  const DeltaStep too_large{.kind = Kind::deflated, .stream_size = large.size()};
  CHECK_THROWS_WITH_AS(bytes_of_step(too_large, large_source, "x.delta"),
                       "x.delta: is damaged: an entry's content is too large", Error);
}

TEST_SUITE_END();
