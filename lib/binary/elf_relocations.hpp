#pragma once

#include <cstdint>
#include <vector>

#include "base/byte_source.hpp"
#include "binary/elf_image.hpp"

namespace wheelfix::elf {

/// The numbers of the symbols that relocations bind, in the order in which each table first does.
struct BoundSymbols {
  std::vector<std::uint32_t> data;   ///< by DT_REL, then DT_RELA
  std::vector<std::uint32_t> calls;  ///< by DT_JMPREL
};

/// `most` is the number of symbols that the file has room for. Throws Error{bad_binary} for a table that
/// leads out of the file or names a symbol after that.
BoundSymbols read_bound_symbols(const Image& image, ByteSource& source, std::uint64_t most);

}  // namespace wheelfix::elf
