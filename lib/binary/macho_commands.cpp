#include "binary/macho_commands.hpp"

#include <fmt/format.h>

#include <array>

#include "binary/macho_format.hpp"

namespace wheelfix::macho {
namespace {

struct KindOfCommand {
  std::uint32_t command;
  NeededKind kind;
};

constexpr std::array kinds_of_commands = {
    KindOfCommand{lc_load_dylib, NeededKind::load},
    KindOfCommand{lc_load_weak_dylib, NeededKind::weak},
    KindOfCommand{lc_reexport_dylib, NeededKind::reexport},
    KindOfCommand{lc_lazy_load_dylib, NeededKind::lazy},
    KindOfCommand{lc_load_upward_dylib, NeededKind::upward},
};

}  // namespace

std::optional<NeededKind> needed_kind(std::uint32_t command) {
  for (const auto& known : kinds_of_commands) {
    if (known.command == command) return known.kind;
  }
  return std::nullopt;
}

ThinHeader read_thin_header(const CheckedBytes& file) {
  ThinHeader header;
  const auto magic = Fields(file.bytes(0, 4, "the Mach-O header"), false).u32(0);
  header.big_endian = magic == swapped_32 || magic == swapped_64;
  header.is_64 = magic == magic_64 || magic == swapped_64;
  if (!header.big_endian && !header.is_64 && magic != magic_32)
    file.refuse(fmt::format("at offset {:#x} there is no Mach-O header", file.in_file(0)));
  const Fields fields(file.bytes(0, header.size(), "the Mach-O header"), header.big_endian);
  header.cpu_type = fields.u32(4);
  header.cpu_subtype = fields.u32(8);
  header.file_type = fields.u32(12);
  header.command_count = fields.u32(16);
  header.commands_size = fields.u32(20);
  return header;
}

void for_each_command(const CheckedBytes& file, const ThinHeader& header,
                      const std::function<void(const LoadCommand&)>& use) {
  if (header.commands_size > max_commands_size)
    file.refuse(fmt::format("the Mach-O header at offset {:#x} states {} bytes of load commands",
                            file.in_file(0), header.commands_size));
  const auto text = file.bytes(header.size(), header.commands_size, "the load commands");
  std::size_t at = 0;
  for (std::uint32_t i = 0; i < header.command_count; ++i) {
    const auto offset = file.in_file(header.size() + at);
    const auto left = text.size() - at;
    const auto size = left < 8 ? 0 : Fields(text.substr(at, 8), header.big_endian).u32(4);
    if (size < 8 || size > left)
      file.refuse(
          fmt::format("load command {} of {}, at offset {:#x}, doesn't fit: there are {} bytes for it", i,
                      header.command_count, offset, left));
    const Fields fields(text.substr(at, size), header.big_endian);
    use({fields.u32(0), offset, fields});
    at += size;
  }
}

}  // namespace wheelfix::macho
