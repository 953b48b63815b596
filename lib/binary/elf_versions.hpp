#pragma once

#include <cstdint>
#include <vector>

#include "base/byte_source.hpp"
#include "binary/elf_image.hpp"

namespace wheelfix::elf {

// Symbol versions, as places of their names in the dynamic string table. Source: Linux Standard Base, "Symbol
// Versioning".

struct NeededVersion {
  std::uint64_t offset = 0;  ///< of its record in the file
  std::uint32_t name = 0;
  std::uint16_t index = 0;  ///< by which DT_VERSYM gives it to symbols
  bool is_weak = false;     ///< a library without it will do
};

struct VersionNeed {
  std::uint64_t offset = 0;
  std::uint32_t file = 0;
  std::vector<NeededVersion> versions;
};

/// The chains of DT_VERNEED, in the file's order. Throws Error{bad_binary} if they lead out of the file or
/// don't end.
std::vector<VersionNeed> read_versions_needed(const Image& image, ByteSource& source);

struct VersionDefinition {
  std::uint16_t index = 0;           ///< by which DT_VERSYM gives it to symbols
  bool is_base = false;              ///< it is the library's own name
  std::vector<std::uint32_t> names;  ///< its own, and those that it inherits from
};

/// The chains of DT_VERDEF, in the file's order. Throws Error{bad_binary}.
std::vector<VersionDefinition> read_version_definitions(const Image& image, ByteSource& source);

}  // namespace wheelfix::elf
