#pragma once

#include <cstdint>
#include <wheelfix/file_tree.hpp>

namespace wheelfix {

/// A file that isn't a library, as the loader sees it: one that ends within what it reads of a file first,
/// the size of ELF64's header, is "too short".
inline FileContent no_library(std::uint64_t size) {
  constexpr std::uint64_t elf_header_size = 64;
  return {.kind = size < elf_header_size ? FileContent::Kind::too_short : FileContent::Kind::no_library};
}

}  // namespace wheelfix
