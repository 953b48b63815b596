#pragma once

#include <string_view>
#include <wheelfix/loader.hpp>

namespace wheelfix {

/// Whether this is the name of a file that a loader may be asked for: `libx.so`, `libx.so.1.2`, `x.dll`,
/// `x.dylib`.
bool is_named_as_library(std::string_view path);

/// The format of its libraries: ELF on Linux, with glibc and with musl.
BinaryFormat format_of(LoaderKind kind);

/// Whether the system's loader takes such a library: it has its format and machine, and isn't a program.
bool can_load(const LoaderSystem& system, const BinaryInfo& info);

/// Whether it is a name on this system: `x.dll` only for Windows.
bool is_named_for(LoaderKind kind, std::string_view path);

}  // namespace wheelfix
