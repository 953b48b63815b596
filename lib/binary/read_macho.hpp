#pragma once

#include <cstdint>
#include <string>
#include <wheelfix/binary.hpp>

#include "base/byte_source.hpp"

namespace wheelfix::macho {

/// A Mach-O file, thin or fat, of either word size and byte order: headers and load commands. A slice that is
/// an archive of object files (a static library) has its machine and is not dynamic. Throws
/// Error{bad_binary}.
BinaryInfo read_macho(ByteSource& source, const std::string& subject);

/// The platform tags' name for a CPU type and subtype, as BinaryInfo::machine says.
std::string machine_name(std::uint32_t cpu_type, std::uint32_t cpu_subtype);

/// What the slices say together: see BinaryInfo on fat files.
BinaryInfo together(std::vector<BinaryInfo> slices);

/// Whether a file's first 8 bytes are those of a Mach-O file. A Java class file begins like a fat one, but
/// has its version, at least 45, in place of the number of slices.
bool has_magic(std::string_view head) noexcept;

}  // namespace wheelfix::macho
