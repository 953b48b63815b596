// The git pack delta: two sizes as varints, then instructions. A byte with its high bit set copies from the
// source: bits 0 to 3 say which bytes of the offset follow, bits 4 to 6 which of the count (0 means 65536).
// Another byte but 0 inserts that many bytes that follow.
#include <fmt/format.h>

#include "diff/git_binary_decode.hpp"

namespace wheelfix {
namespace {

constexpr std::uint64_t most_growth = 32 << 20;  // beyond the source: copies cost a delta nothing

class DeltaReader {
 public:
  explicit DeltaReader(std::string_view delta) : rest_(delta) {}

  bool at_end() const { return rest_.empty(); }

  unsigned char byte() { return static_cast<unsigned char>(take(1).front()); }

  std::string_view take(std::size_t count) {
    if (count > rest_.size()) throw DamagedBinary("its delta ends too early");
    const auto bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return bytes;
  }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 63; shift += 7) {
      const auto next = byte();
      value |= std::uint64_t{next & 0x7FU} << shift;
      if (next < 0x80) return value;
    }
    throw DamagedBinary("its delta has a size that is too large");
  }

  // The bytes of a number that `mask`'s bits from `first` on announce, the lowest first.
  std::uint64_t sparse(unsigned mask, unsigned first, unsigned bits) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < bits; ++i) {
      if ((mask >> (first + i) & 1U) != 0) value |= std::uint64_t{byte()} << (8 * i);
    }
    return value;
  }

 private:
  std::string_view rest_;
};

std::string_view copied(DeltaReader& reader, unsigned mask, std::string_view source) {
  const auto offset = reader.sparse(mask, 0, 4);
  auto count = reader.sparse(mask, 4, 3);
  if (count == 0) count = 0x10000;
  if (offset > source.size() || count > source.size() - offset)
    throw DamagedBinary("its delta copies from outside the file");
  return source.substr(offset, count);
}

// Calls `emit` with each piece of the result in order.
template <class Emit>
void walk(DeltaReader reader, std::string_view source, Emit emit) {
  while (!reader.at_end()) {
    const auto instruction = reader.byte();
    if (instruction == 0) throw DamagedBinary("its delta has an unknown instruction");
    emit(instruction >= 0x80 ? copied(reader, instruction, source) : reader.take(instruction));
  }
}

DeltaSizes read_sizes(DeltaReader& reader) {
  const auto source = reader.varint();
  const auto result = reader.varint();
  if (source > max_binary_size || result > max_binary_size)
    throw DamagedBinary("its delta is for a file over 1 GiB");
  return {source, result};
}

}  // namespace

DeltaSizes delta_sizes(std::string_view delta) {
  DeltaReader reader(delta);
  return read_sizes(reader);
}

std::string apply_delta(std::string_view source, std::string_view delta) {
  DeltaReader reader(delta);
  const auto sizes = read_sizes(reader);
  if (sizes.source != source.size()) {
    throw DamagedBinary(
        fmt::format("its delta is for a file of {} bytes, not {}", sizes.source, source.size()));
  }
  if (sizes.result > source.size() + delta.size() + most_growth)
    throw DamagedBinary("its delta makes a file of many times the size");
  std::uint64_t total = 0;
  walk(reader, source, [&](std::string_view piece) {
    total += piece.size();
    if (total > sizes.result)
      throw DamagedBinary(fmt::format("its delta gives more than the {} bytes it says", sizes.result));
  });
  if (total != sizes.result)
    throw DamagedBinary(fmt::format("its delta gives {} bytes and says {}", total, sizes.result));
  std::string result;
  result.reserve(total);
  walk(reader, source, [&](std::string_view piece) { result += piece; });
  return result;
}

}  // namespace wheelfix
