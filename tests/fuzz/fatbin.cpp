// The input is a piece of a file with fat binaries in it. What is found lies within it, each run after the
// one before, and is the same whether it comes whole or in small pieces.
#include "cuda/fatbin.hpp"

#include "fuzz/check.hpp"

using namespace wheelfix;

namespace {

class Pieces : public MemoryBytes {
 public:
  explicit Pieces(std::string_view bytes) : MemoryBytes(bytes), bytes_(bytes) {}

 private:
  std::string_view glance(std::uint64_t offset) override {
    CHECK_PROPERTY(offset >= last_);
    last_ = offset;
    return bytes_.substr(offset, 1 + offset % 61);
  }

  std::string_view bytes_;
  std::uint64_t last_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = as_text(data, size);
  MemoryBytes whole(bytes);
  Pieces pieces(bytes);
  const auto runs = find_fatbins(whole, 0, size);
  const auto again = find_fatbins(pieces, 0, size);
  CHECK_PROPERTY(runs.size() == again.size());
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    CHECK_PROPERTY(runs[i].archs == again[i].archs);
    CHECK_PROPERTY(runs[i].begin >= last && runs[i].begin < runs[i].end && runs[i].end <= size);
    last = runs[i].end;
  }
  return 0;
}
