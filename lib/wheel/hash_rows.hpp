#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <wheelfix/record.hpp>

#include "base/hash.hpp"
#include "base/text.hpp"

namespace wheelfix {

/// The algorithm that a row's hash names; nothing for none, and for those that RECORD may not use.
inline std::optional<HashAlgorithm> algorithm_of(const RecordRow& row) {
  return hash_algorithm(std::string_view(row.hash).substr(0, row.hash.find('=')));
}

inline std::string algorithm_name(const RecordRow& row) {
  return row.hash.substr(0, row.hash.find('='));
}

/// In bytes.
constexpr std::size_t digest_size(HashAlgorithm algorithm) {
  return algorithm == HashAlgorithm::sha256 ? 32 : algorithm == HashAlgorithm::sha384 ? 48 : 64;
}

/// Whether a row's hash is in hexadecimal, as some tools write it: twice as many digits as the digest has
/// bytes, which base64 never has.
inline bool is_hexadecimal(const RecordRow& row) {
  const auto algorithm = algorithm_of(row);
  const auto digits = std::string_view(row.hash).substr(std::min(row.hash.find('=') + 1, row.hash.size()));
  return algorithm && digits.size() == 2 * digest_size(*algorithm) &&
         digits.find_first_not_of("0123456789abcdefABCDEF") == digits.npos;
}

/// A row's hash without the base64 padding that some tools write, and the specification does without.
inline std::string_view unpadded_hash(const RecordRow& row) {
  std::string_view hash = row.hash;
  while (hash.ends_with('=')) hash.remove_suffix(1);
  return hash;
}

/// The hash as a Hasher writes the same digest: base64 without padding, hexadecimal in lower case.
inline std::string comparable_hash(const RecordRow& row) {
  if (!is_hexadecimal(row)) return std::string(unpadded_hash(row));
  const auto name = algorithm_name(row);
  return name + ascii_lower(std::string_view(row.hash).substr(name.size()));
}

/// How a hash is written where it is not as RECORD's specification has it; null where it is.
inline const char* odd_hash_form(const RecordRow& row) {
  if (is_hexadecimal(row)) return "hexadecimal";
  return row.hash.ends_with('=') ? "padded with '='" : nullptr;
}

}  // namespace wheelfix
