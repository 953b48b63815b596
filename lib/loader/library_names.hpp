#pragma once

#include <string_view>
#include <wheelfix/loader.hpp>

namespace wheelfix {

/// Whether a loader may be asked for a file of this name: `libx.so`, `libx.so.1.2`, `x.dll`, `x.dylib`.
bool is_named_as_library(std::string_view path);

/// Of its libraries: ELF of Linux, with glibc and with musl alike.
BinaryFormat format_of(LoaderKind kind);

/// Whether it is a name of this system's: `x.dll` for Windows alone.
bool is_named_for(LoaderKind kind, std::string_view path);

}  // namespace wheelfix
