#pragma once

#include <string_view>
#include <wheelfix/loader.hpp>

namespace wheelfix {

/// Whether a loader may be asked for a file of this name: `libx.so`, `libx.so.1.2`, `x.dll`, `x.dylib`.
bool is_named_as_library(std::string_view path);

/// Of its libraries: ELF of Linux, with glibc and with musl alike.
BinaryFormat format_of(LoaderKind kind);

/// Whether the system's loader takes such a library: it has its format and machine, and isn't a program.
bool can_load(const LoaderSystem& system, const BinaryInfo& info);

/// Whether it is a name of this system's: `x.dll` for Windows alone.
bool is_named_for(LoaderKind kind, std::string_view path);

}  // namespace wheelfix
