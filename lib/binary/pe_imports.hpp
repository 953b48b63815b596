#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "binary/pe_image.hpp"

namespace wheelfix::pe {

/// An entry of an import table: a DLL, and what is taken from it.
struct ImportEntry {
  std::string dll;
  std::uint64_t functions = 0;  ///< the address of the list of their names and ordinals
};

/// The entries of one of the two tables, `import` and `delay_import`, up to the one that ends it. Throws
/// Error{bad_binary}.
std::vector<ImportEntry> read_import_table(const Image& image, const CheckedBytes& file,
                                           DirectoryIndex directory);

}  // namespace wheelfix::pe
