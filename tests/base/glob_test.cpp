#include "base/glob.hpp"

#include <doctest/doctest.h>

using wheelfix::glob_matches;
using wheelfix::is_glob;

TEST_CASE("a glob matches the whole path, and a star crosses folders") {
  CHECK(glob_matches("torch/lib/*.so*", "torch/lib/libc10.so"));
  CHECK(glob_matches("torch/*.so*", "torch/lib/libgomp-a34b3233.so.1"));
  CHECK(glob_matches("*", ".hidden/x"));
  CHECK(glob_matches("lib?10.so", "libc10.so"));
  CHECK(glob_matches("lib[!x-z]10.so", "libc10.so"));
  CHECK_FALSE(glob_matches("lib/*.so", "torch/lib/libc10.so"));
  CHECK_FALSE(glob_matches("torch", "torch/lib"));
  CHECK_FALSE(glob_matches("*.SO", "libc10.so"));
}

TEST_CASE("a backslash takes the glob out of a character") {
  CHECK(glob_matches("a\\*b", "a*b"));
  CHECK_FALSE(glob_matches("a\\*b", "axb"));
}

TEST_CASE("many stars cost no time") {
  CHECK_FALSE(glob_matches("*a*a*a*a*a*a*a*a*a*a*a*a*b", std::string(2000, 'a')));
}

TEST_CASE("a plain name is no glob") {
  CHECK_FALSE(is_glob("libcublas.so.12"));
  for (const auto* text : {"lib*.so", "lib?.so", "lib[ab].so", "lib\\*.so"}) CHECK(is_glob(text));
}
