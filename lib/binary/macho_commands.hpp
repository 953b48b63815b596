#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <wheelfix/binary.hpp>

#include "binary/checked_bytes.hpp"

namespace wheelfix::macho {

/// The header of a thin file. Source: <mach-o/loader.h>.
struct ThinHeader {
  bool is_64 = false;
  bool big_endian = false;
  std::uint32_t cpu_type = 0;
  std::uint32_t cpu_subtype = 0;
  std::uint32_t file_type = 0;
  std::uint32_t command_count = 0;
  std::uint32_t commands_size = 0;

  std::uint64_t size() const { return is_64 ? 32 : 28; }
};

/// Throws Error{bad_binary}.
ThinHeader read_thin_header(const CheckedBytes& file);

/// A load command, and its place in the file.
struct LoadCommand {
  std::uint32_t type = 0;
  std::uint64_t offset = 0;
  Fields fields;
};

/// Calls `use` with each load command. Throws Error{bad_binary} for one that doesn't fit.
void for_each_command(const CheckedBytes& file, const ThinHeader& header,
                      const std::function<void(const LoadCommand&)>& use);

/// How a command of this type needs a library; nothing for other commands.
std::optional<NeededKind> needed_kind(std::uint32_t command);

}  // namespace wheelfix::macho
