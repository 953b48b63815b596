#pragma once

#include <optional>
#include <string>
#include <vector>
#include <wheelfix/binary.hpp>

#include "binary/elf_image.hpp"

namespace wheelfix::elf {

/// An entry of the dynamic section as it is to be.
struct WantedEntry {
  Dynamic entry;                    ///< with the old string's place in `value` if it has a new one
  std::optional<std::string> text;  ///< the new string, whose place is to be found
  bool is_new = false;              ///< there was no such entry, so `value` means nothing yet
};

/// The dynamic section that an edit asks for: what stays keeps its place, new entries go last. `now` is what
/// the image says.
std::vector<WantedEntry> wanted_dynamic(const Image& image, const BinaryInfo& now, const LibraryEdit& edit);

/// What a reader must find after the edit.
BinaryInfo expected_info(BinaryInfo info, const LibraryEdit& edit);

}  // namespace wheelfix::elf
