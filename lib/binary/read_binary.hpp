#pragma once

#include <span>
#include <string>
#include <wheelfix/binary.hpp>

#include "base/byte_source.hpp"

namespace wheelfix {

/// As the public read_binary, of content that need not be in memory. Reads ranges in the order of their
/// offsets as far as the format allows.
BinaryInfo read_binary(ByteSource& source, const std::string& subject);

/// The slices of a fat Mach-O file; of any other file itself, which must outlive them.
inline std::span<const BinaryInfo> parts_of(const BinaryInfo& info) {
  return info.slices.empty() ? std::span(&info, 1) : std::span(info.slices);
}

}  // namespace wheelfix
