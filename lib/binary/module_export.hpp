#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.hpp"

namespace wheelfix {

/// The functions by one of which Python begins to import the file as a module: `PyInit_x` for `a/x.abi3.so`
/// and for `x/__init__.so`, `PyInitU_` and punycode for a name that isn't ASCII, and the same with
/// PyModExport for Python 3.15. Sources: PEP 489, PEP 793, RFC 3492, and CPython's get_encoded_name
/// (Python/importdl.c).
std::vector<std::string> init_functions(std::string_view path);

/// Whether a library exports one of its init_functions; nothing if it has no table of symbols, or one that is
/// empty or can't be read. Each is looked up as a loader does, and no table is read that isn't needed for
/// that.
std::optional<bool> exports_init(ByteSource& source, const std::string& path);

namespace elf {
/// The same for these functions: by DT_GNU_HASH or DT_HASH, among symbols that are defined. Throws
/// Error{bad_binary}, OutOfBytes.
std::optional<bool> exports_one_of(ByteSource& source, const std::vector<std::string>& functions);
}  // namespace elf
namespace pe {
/// By the export directory's names, which are in order.
std::optional<bool> exports_one_of(ByteSource& source, const std::vector<std::string>& functions);
}  // namespace pe
namespace macho {
/// By the trie of exports, or without one by LC_SYMTAB; of a fat file whichever slice has it.
std::optional<bool> exports_one_of(ByteSource& source, const std::vector<std::string>& functions);
}  // namespace macho

}  // namespace wheelfix
