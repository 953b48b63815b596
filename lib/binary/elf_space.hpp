#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/byte_source.hpp"
#include "binary/elf_image.hpp"

namespace wheelfix::elf {

/// The bytes of a file that nothing uses. In use are the headers, all sections, and what program headers
/// other than PT_LOAD and PT_GNU_RELRO name; without section headers, all that is mapped.
class FreeSpace {
 public:
  FreeSpace(const Image& image, const std::vector<Section>& sections, ByteSource& source);

  /// The end of the free bytes that begin at `offset`, whatever they hold; `offset` itself if that byte is in
  /// use.
  std::uint64_t end_from(std::uint64_t offset) const;

  /// Whether the bytes are free, and zero.
  bool is_blank(std::uint64_t offset, std::uint64_t count) const;

 private:
  std::vector<std::pair<std::uint64_t, std::uint64_t>> used_;  ///< begin and end, in order, apart
  ByteSource& source_;
};

}  // namespace wheelfix::elf
