#pragma once

#include <string>
#include <wheelfix/binary.hpp>

#include "base/byte_source.hpp"

namespace wheelfix {

/// As the public read_binary, of content that need not be in memory. Reads ranges in the order of their
/// offsets as far as the format allows.
BinaryInfo read_binary(ByteSource& source, const std::string& subject);

}  // namespace wheelfix
