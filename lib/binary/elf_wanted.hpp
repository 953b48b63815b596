#pragma once

#include <optional>
#include <string>
#include <vector>
#include <wheelfix/binary.hpp>

#include "binary/elf_image.hpp"

namespace wheelfix::elf {

/// An entry of the new dynamic section.
struct WantedEntry {
  Dynamic entry;                    ///< with the old string's place in `value` if it has a new one
  std::optional<std::string> text;  ///< the new string, whose place is to be found
  bool is_new = false;              ///< there was no such entry, so `value` has no meaning yet
};

/// The dynamic section after an edit: what stays keeps its place, new entries come last. `now` is what the
/// image says.
std::vector<WantedEntry> wanted_dynamic(const Image& image, const BinaryInfo& now, const LibraryEdit& edit);

/// What a reader must find after the edit.
BinaryInfo expected_info(BinaryInfo info, const LibraryEdit& edit);

}  // namespace wheelfix::elf
