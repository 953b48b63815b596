#pragma once

#include <wheelfix/binary.hpp>

#include "base/byte_source.hpp"
#include "binary/elf_image.hpp"

namespace wheelfix::elf {

/// Throws Error{bad_binary}.
BinaryInfo read_elf(ByteSource& source, const std::string& subject);
BinaryInfo describe(const Image& image, ByteSource& source);

/// A program with a dynamic section that no loader reads: it relocates itself, as gcc's -static-pie makes it,
/// and may be laid out in any way that suits its own start. It names no interpreter and needs nothing; a
/// library that needs nothing isn't marked as a program.
bool is_static_program(const Image& image);

}  // namespace wheelfix::elf
