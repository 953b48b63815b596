#pragma once

#include "base/byte_source.hpp"
#include "binary/elf_image.hpp"

namespace wheelfix::elf {

/// The level of x86-64 whose instructions a file says that it needs, 2 to 4, as `-z x86-64-v3` has the linker
/// mark it; 0 if it says nothing, or no more than every x86-64 has. What is damaged says nothing, because no
/// loader refuses it. Source: x86-64 psABI, "Program Property", GNU_PROPERTY_X86_ISA_1_NEEDED.
unsigned needed_isa_level(const Image& image, ByteSource& source);

}  // namespace wheelfix::elf
