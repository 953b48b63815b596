#include "base/skimmer.hpp"

#include <doctest/doctest.h>

#include "base/byte_edit.hpp"

using namespace wheelfix;

namespace {

class Pieces : public ByteSource {
 public:
  explicit Pieces(std::string bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }

 private:
  std::string fetch(std::uint64_t offset, std::uint64_t count) override {
    return bytes_.substr(offset, count);
  }
  /// Pieces of four, as they lie.
  std::string_view glance(std::uint64_t offset) override {
    return std::string_view(bytes_).substr(offset, 4 - offset % 4);
  }

  std::string bytes_;
};

}  // namespace

TEST_CASE("bytes are given whatever pieces they lie in") {
  Pieces source("0123456789abcdef");
  Skimmer skimmer(source);
  CHECK(skimmer.at(0, 1) == "0123");  // as many as are at hand
  CHECK(skimmer.at(2, 4) == "2345");
  CHECK(skimmer.at(3, 2).substr(0, 2) == "34");  // within the last answer
  CHECK(skimmer.at(5, 6) == "56789a");
  CHECK(skimmer.at(12, 4) == "cdef");
  CHECK(skimmer.at(15, 1) == "f");
  CHECK_THROWS_AS(skimmer.at(15, 2), OutOfBytes);
  CHECK_THROWS_AS(skimmer.at(16, 1), OutOfBytes);
}

TEST_CASE("what is skimmed of edited bytes is edited") {
  const std::string old = "0123456789";
  MemoryBytes source(old);
  const ContentEdits edits{.overwrites = {{3, "xyz"}}, .appended = "tail"};
  EditedBytes edited(source, edits);
  std::string all;
  while (all.size() < edited.size()) all += edited.skim(all.size());
  CHECK(all == "012xyz6789tail");
  CHECK(edited.skim(4).substr(0, 3) == "yz6");
  CHECK(edited.skim(12) == "il");
  CHECK(edited.skim(14).empty());
}
