#pragma once

#include <optional>
#include <string_view>
#include <wheelfix/record.hpp>

#include "base/hash.hpp"

namespace wheelfix {

/// The algorithm that a row's hash names; nothing for none, and for those that RECORD may not use.
inline std::optional<HashAlgorithm> algorithm_of(const RecordRow& row) {
  return hash_algorithm(std::string_view(row.hash).substr(0, row.hash.find('=')));
}

/// A row's hash without the base64 padding that some tools write, and the specification does without.
inline std::string_view unpadded_hash(const RecordRow& row) {
  std::string_view hash = row.hash;
  while (hash.ends_with('=')) hash.remove_suffix(1);
  return hash;
}

}  // namespace wheelfix
