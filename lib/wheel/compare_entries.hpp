#pragma once

#include <set>
#include <wheelfix/compare.hpp>

#include "zip/archive.hpp"

namespace wheelfix {

/// An entry of a new wheel with the source's, null if it was added.
struct EntryPair {
  const zip::Entry* source = nullptr;
  const zip::Entry* entry = nullptr;

  bool is_renamed() const { return source != nullptr && source->path != entry->path; }
};

/// For each pair with a source, whether its bytes are the same in both files: local header, data and data
/// descriptor, of a renamed one the data. Throws Error{io}, Error{cancelled}.
std::vector<bool> have_same_bytes(const zip::Archive& source, const zip::Archive& archive,
                                  const std::vector<EntryPair>& pairs, const CompareOptions& options);

/// What differs between the entries of a pair, with content as the widest word; nothing of its place.
std::set<Difference> differences(const zip::Archive& source, const zip::Archive& archive,
                                 const EntryPair& pair, bool has_same_bytes);

}  // namespace wheelfix
