#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/skimmer.hpp"
#include "binary/pe_image.hpp"

namespace wheelfix::pe {

/// The number at `bytes`, which must be there.
template <std::unsigned_integral T>
T little_endian(const char* bytes) {
  T value = 0;
  for (std::size_t i = sizeof(T); i > 0; --i)
    value = static_cast<T>(value << 8 | static_cast<unsigned char>(bytes[i - 1]));
  return value;
}

/// The bytes of an image by their addresses in memory, for tables of thousands of entries. It costs least
/// from low addresses to high ones, and keeps nothing.
class Mapped {
 public:
  /// Both must outlive it; nothing else may read from the file meanwhile.
  Mapped(const Image& image, const CheckedBytes& file)
      : image_(image), file_(file), skimmer_(file.source()) {}

  /// At least `count` bytes, and more if they are at hand; valid until the next call. Throws
  /// Error{bad_binary} naming `what` if they aren't all mapped.
  std::string_view at(std::uint64_t address, std::size_t count, std::string_view what);

  /// Calls `use` with each entry of a table, as a pointer to its bytes, until it returns false.
  template <class Use>
  void for_each_until(std::uint64_t address, std::size_t entry_size, std::string_view what, Use use) {
    for (;;) {
      auto piece = at(address, entry_size, what);
      for (; piece.size() >= entry_size; address += entry_size) {
        if (!use(piece.data())) return;
        piece.remove_prefix(entry_size);
      }
    }
  }

  template <class Use>
  void for_each(std::uint64_t address, std::size_t count, std::size_t entry_size, std::string_view what,
                Use use) {
    if (count == 0) return;
    for_each_until(address, entry_size, what, [&](const char* bytes) {
      use(bytes);
      return --count > 0;
    });
  }

 private:
  /// What is mapped from an address on.
  struct Range {
    std::uint64_t offset = 0, in_file = 0, in_memory = 0;
  };
  Range range_at(std::uint64_t address, std::string_view what);

  const Image& image_;
  const CheckedBytes& file_;
  Skimmer skimmer_;
  const Section* section_ = nullptr;  ///< the last one
  std::string joint_;                 ///< the last bytes of a section in the file, and zeros after them
};

}  // namespace wheelfix::pe
