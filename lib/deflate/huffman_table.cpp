#include "deflate/huffman_table.hpp"

#include <algorithm>

namespace wheelfix {

namespace {

constexpr unsigned max_length = 15;

/// The codes of a set of lengths, as RFC 1951, section 3.2.2 assigns them.
class CanonicalCodes {
 public:
  explicit CanonicalCodes(std::span<const std::uint8_t> lengths) : lengths_(lengths) {
    for (const auto length : lengths) ++count_[length];
    count_[0] = 0;
    for (unsigned length = 1; length <= max_length; ++length)
      first_[length + 1] = (first_[length] + count_[length]) << 1;
  }

  bool are_allowed() const {
    constexpr auto all = 1U << (max_length + 1);
    const auto used = first_[max_length + 1];
    return used == all || used == 0 || (used == all / 2 && count_[1] == 1);
  }

  /// Calls visit(symbol, length, code) for each symbol that is used, its code's first bit lowest.
  template <typename Visit>
  void for_each(Visit visit) const {
    auto next = first_;
    for (std::size_t symbol = 0; symbol < lengths_.size(); ++symbol) {
      if (const unsigned length = lengths_[symbol]; length > 0)
        visit(symbol, length, reversed(next[length]++, length));
    }
  }

 private:
  static std::size_t reversed(unsigned code, unsigned length) {
    std::size_t result = 0;
    for (; length > 0; --length, code >>= 1) result = result << 1 | (code & 1);
    return result;
  }

  std::span<const std::uint8_t> lengths_;
  std::array<unsigned, max_length + 1> count_{};
  std::array<unsigned, max_length + 2> first_{};
};

}  // namespace

template <unsigned root_bits, std::size_t max_symbols>
bool HuffmanTable<root_bits, max_symbols>::build(std::span<const std::uint8_t> lengths,
                                                 std::span<const std::uint32_t> meanings) {
  const CanonicalCodes codes(lengths);
  if (!codes.are_allowed()) return false;
  const auto root_of = [](std::size_t code) { return code & (root_size - 1); };
  const auto entry_of = [&](std::size_t symbol, unsigned length) {
    return meanings[symbol] + (length | length << 8);
  };

  std::fill_n(entries_.begin(), root_size, huffman::special | 1U);
  std::array<std::uint8_t, root_size> longest{};  // of the long codes that share a root entry
  bool has_long = false;
  codes.for_each([&](std::size_t symbol, unsigned length, std::size_t code) {
    if (length > root_bits) {
      auto& most = longest[root_of(code)];
      most = std::max(most, static_cast<std::uint8_t>(length));
      has_long = true;
      return;
    }
    const auto entry = entry_of(symbol, length);
    for (auto i = code; i < root_size; i += std::size_t{1} << length) entries_[i] = entry;
  });
  if (!has_long) return true;

  std::size_t end = root_size;
  for (std::size_t root = 0; root < root_size; ++root) {
    if (longest[root] == 0) continue;
    const unsigned index_bits = longest[root] - root_bits;
    entries_[root] =
        huffman::special | huffman::subtable | static_cast<std::uint32_t>(end << 16) | index_bits;
    end += std::size_t{1} << index_bits;
  }
  codes.for_each([&](std::size_t symbol, unsigned length, std::size_t code) {
    if (length <= root_bits) return;
    const auto link = entries_[root_of(code)];
    const auto size = std::size_t{1} << huffman::bits_taken(link);
    const auto entry = entry_of(symbol, length);
    for (auto i = code >> root_bits; i < size; i += std::size_t{1} << (length - root_bits))
      entries_[huffman::value(link) + i] = entry;
  });
  return true;
}

template class HuffmanTable<11, 288>;
template class HuffmanTable<9, 32>;
template class HuffmanTable<7, 19>;

}  // namespace wheelfix
