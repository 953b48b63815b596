#pragma once

#include <span>
#include <vector>
#include <wheelfix/binary.hpp>

#include "binary/elf_draft.hpp"
#include "binary/elf_wanted.hpp"

namespace wheelfix::elf {

/// Puts an entry for each of BinaryInfo::versions_needed that names another file now after `wanted`, in
/// their order, so that these names get a place among the strings.
void add_version_files(std::vector<WantedEntry>& wanted, const BinaryInfo& info, const LibraryEdit& edit);

/// Rewrites the records of needed versions: those of a renamed file name it as `files`, the entries that
/// add_version_files added, tell by now; those of a file that goes leave the chain, and symbols that had one
/// of its versions have none. `info` is what the image says. Throws Error{cannot_edit} if it can't be told
/// which symbols those are.
void edit_versions(Draft& draft, const BinaryInfo& info, const LibraryEdit& edit,
                   std::span<const WantedEntry> files);

}  // namespace wheelfix::elf
