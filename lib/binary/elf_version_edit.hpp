#pragma once

#include <span>
#include <vector>
#include <wheelfix/binary.hpp>

#include "binary/elf_draft.hpp"
#include "binary/elf_wanted.hpp"

namespace wheelfix::elf {

/// Appends to `wanted` an entry for each of BinaryInfo::versions_needed that now names another file, in their
/// order, so that these names get a place among the strings.
void add_version_files(std::vector<WantedEntry>& wanted, const BinaryInfo& info, const LibraryEdit& edit);

/// Rewrites the records of needed versions: those of a renamed file get the place of the name from `files`,
/// the entries that add_version_files added; those of a removed file leave the chain, and symbols that had
/// one of its versions lose it. `info` is what the image says. Throws Error{cannot_edit} if those symbols
/// can't be found.
void edit_versions(Draft& draft, const BinaryInfo& info, const LibraryEdit& edit,
                   std::span<const WantedEntry> files);

}  // namespace wheelfix::elf
