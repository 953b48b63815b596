#include "base/growing_file_hash.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <wheelfix/error.hpp>

#include "base/hash.hpp"
#include "support/temp_folder.hpp"

using namespace wheelfix;

TEST_CASE("a file that grows is hashed to its end, on a thread of its own or not") {
  const test::TempFolder folder;
  for (const unsigned jobs : {1U, 2U}) {
    const auto path = folder / "file";
    std::ofstream(path, std::ios::trunc);
    GrowingFileHash hash(File::open(path), jobs);
    std::string content;
    for (const std::size_t size : {1UL, 600'000UL, 3UL, 2'000'000UL}) {
      const std::string piece(size, static_cast<char>('a' + size % 7));
      std::ofstream(path, std::ios::app) << piece;
      content += piece;
      hash.advance(content.size());
    }
    hash.advance(5);  // late, from a slower thread
    CHECK(hash.finish() == sha256_hex(content));
  }
}

TEST_CASE("an empty file has the digest of no bytes") {
  const test::TempFolder folder;
  std::ofstream(folder / "file");
  CHECK(GrowingFileHash(File::open(folder / "file"), 2).finish() ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("a writer that fails can drop the hash, and a file that is too short is an error") {
  const test::TempFolder folder;
  std::ofstream(folder / "file") << "abc";
  { GrowingFileHash(File::open(folder / "file"), 2).advance(3); }
  for (const unsigned jobs : {1U, 2U}) {
    GrowingFileHash hash(File::open(folder / "file"), jobs);
    hash.advance(4);
    CHECK_THROWS_AS(hash.finish(), Error);
  }
}
