#include "deflate/compress.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include <random>

using namespace wheelfix;

namespace {

std::string zlib_inflate(const std::string& stream, std::size_t size) {
  z_stream state{};
  inflateInit2(&state, -15);
  std::string out(size + 1, '\0');
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(stream.data()));
  state.avail_in = static_cast<uInt>(stream.size());
  state.next_out = reinterpret_cast<Bytef*>(out.data());
  state.avail_out = static_cast<uInt>(out.size());
  CHECK(inflate(&state, Z_FINISH) == Z_STREAM_END);
  CHECK(state.avail_in == 0);
  out.resize(state.total_out);
  inflateEnd(&state);
  return out;
}

}  // namespace

TEST_CASE("zlib inflates what every level makes") {
  std::mt19937 random(7);
  for (const std::size_t size : {0UL, 1UL, 100UL, 70'000UL}) {
    std::string content(size, '\0');
    for (auto& c : content) c = static_cast<char>('a' + random() % 5);
    for (int level = min_compression_level; level <= max_compression_level; ++level)
      CHECK(zlib_inflate(deflate(content, level), size) == content);
  }
}

TEST_CASE("the same content and level give the same bytes") {
  CHECK(deflate("some content", 6) == deflate("some content", 6));
}
