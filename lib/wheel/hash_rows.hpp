#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <wheelfix/record.hpp>

#include "base/hash.hpp"

namespace wheelfix {

/// The algorithm that a row's hash names; nothing if there is no hash, and for those that RECORD may not use.
inline std::optional<HashAlgorithm> algorithm_of(const RecordRow& row) {
  return hash_algorithm(row.hash.substr(0, row.hash.find('=')));
}

/// In bytes.
constexpr std::size_t digest_size(HashAlgorithm algorithm) {
  return algorithm == HashAlgorithm::sha256 ? 32 : algorithm == HashAlgorithm::sha384 ? 48 : 64;
}

/// Whether a row's hash is in hexadecimal, as some tools write it: twice as many digits as the digest has
/// bytes, which base64 never has.
inline bool is_hexadecimal(const RecordRow& row) {
  const auto algorithm = algorithm_of(row);
  const auto digits = row.hash.substr(std::min(row.hash.find('=') + 1, row.hash.size()));
  return algorithm && digits.size() == 2 * digest_size(*algorithm) &&
         digits.find_first_not_of("0123456789abcdefABCDEF") == digits.npos;
}

/// The row's digest as RECORD should have it, and a Hasher writes it: urlsafe base64 without the padding that
/// some tools write, also if the row has it in hexadecimal.
inline std::string comparable_hash(const RecordRow& row) {
  if (!is_hexadecimal(row)) return std::string(row.hash.substr(0, row.hash.find_last_not_of('=') + 1));
  const auto begin = row.hash.find('=') + 1;
  std::string digest;
  for (std::size_t i = begin; i < row.hash.size(); i += 2) {
    unsigned byte = 0;
    std::from_chars(row.hash.data() + i, row.hash.data() + i + 2, byte, 16);
    digest.push_back(static_cast<char>(byte));
  }
  return std::string(row.hash.substr(0, begin)) + urlsafe_base64(digest);
}

/// The form of a hash that isn't written as RECORD's specification requires; null if it is.
inline const char* odd_hash_form(const RecordRow& row) {
  if (is_hexadecimal(row)) return "hexadecimal";
  return row.hash.ends_with('=') ? "padded with '='" : nullptr;
}

}  // namespace wheelfix
