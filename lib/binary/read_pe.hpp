#pragma once

#include <cstdint>
#include <string>
#include <wheelfix/binary.hpp>

#include "base/byte_source.hpp"

namespace wheelfix::pe {

/// A DLL or program of Windows, PE32 or PE32+: headers, section table, and the names in its two import
/// tables. Throws Error{bad_binary}.
BinaryInfo read_pe(ByteSource& source, const std::string& subject);

/// The platform tags' name for a Machine of the file header, as BinaryInfo::machine says.
std::string machine_name(std::uint16_t machine);

/// Whether a file's first 64 bytes are a DOS header that leads to a PE header where Windows would look for
/// it: in the first 256 MiB. In text that happens to begin with MZ, letters give an offset far beyond that.
bool has_dos_header(std::string_view head) noexcept;

}  // namespace wheelfix::pe
