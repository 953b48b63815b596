#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace wheelfix {

/// The names of a machine on systems.
struct MachineNames {
  std::string_view machine;  ///< as BinaryInfo has it
  unsigned bits = 64;
  std::string_view loader;        ///< glibc's, its soname
  std::string_view multiarch;     ///< Debian's folder
  std::string_view lib;           ///< $LIB elsewhere
  std::string_view musl;          ///< in ld-musl-NAME.so.1
  std::uint32_t cache_flags = 0;  ///< of its libraries in ld.so.cache
};

/// Those that are known.
std::span<const MachineNames> known_machines();

/// One that isn't known has 64 bits, no loader and folders of its own name.
MachineNames machine_names(std::string_view machine);

}  // namespace wheelfix
