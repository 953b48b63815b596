#pragma once

#include <wheelfix/binary.hpp>

#include "base/byte_source.hpp"
#include "binary/elf_image.hpp"

namespace wheelfix::elf {

/// Throws Error{bad_binary}.
BinaryInfo read_elf(ByteSource& source, const std::string& subject);
BinaryInfo describe(const Image& image, ByteSource& source);

}  // namespace wheelfix::elf
