#include "binary/read_macho.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "binary/checked_bytes.hpp"
#include "binary/macho_format.hpp"

namespace wheelfix::macho {
namespace {

constexpr std::size_t max_names = 4096;  // real files have up to some 100, a fat file those of all slices

struct Header {
  std::uint32_t cpu_type = 0;
  std::uint32_t cpu_subtype = 0;
  std::uint32_t file_type = 0;
  std::uint32_t command_count = 0;
  std::uint32_t commands_size = 0;
};

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

std::optional<NeededKind> needed_kind(std::uint32_t command) {
  for (const auto& known : kinds_of_commands) {
    if (known.command == command) return known.kind;
  }
  return std::nullopt;
}

/// A load command, and its place in the file.
struct Command {
  std::uint32_t type = 0;
  std::uint64_t offset = 0;
  Fields fields;
};

class ThinReader {
 public:
  explicit ThinReader(const CheckedBytes& file) : file_(file) {}

  BinaryInfo run() {
    read_header();
    info_.format = BinaryFormat::macho;
    info_.machine = machine_name(header_.cpu_type, header_.cpu_subtype);
    info_.bits = is_64_ ? 64 : 32;
    info_.big_endian = big_endian_;
    info_.is_program = header_.file_type == mh_execute;
    info_.is_dynamic = is_loaded(header_.file_type);
    if (info_.is_dynamic) read_commands();
    return std::move(info_);
  }

  const Header& header() const { return header_; }

 private:
  void read_header() {
    const Fields magic(file_.bytes(0, 4, "the Mach-O header"), false);
    big_endian_ = magic.u32(0) == swapped_32 || magic.u32(0) == swapped_64;
    is_64_ = magic.u32(0) == magic_64 || magic.u32(0) == swapped_64;
    if (!big_endian_ && !is_64_ && magic.u32(0) != magic_32)
      file_.refuse(fmt::format("at offset {:#x} there is no Mach-O header", file_.in_file(0)));
    const Fields fields(file_.bytes(0, header_size(), "the Mach-O header"), big_endian_);
    header_ = {fields.u32(4), fields.u32(8), fields.u32(12), fields.u32(16), fields.u32(20)};
  }

  std::uint64_t header_size() const { return is_64_ ? 32 : 28; }

  void read_commands() {
    if (header_.commands_size > max_commands_size)
      file_.refuse(fmt::format("the Mach-O header at offset {:#x} states {} bytes of load commands",
                               file_.in_file(0), header_.commands_size));
    const auto text = file_.bytes(header_size(), header_.commands_size, "the load commands");
    std::size_t at = 0;
    for (std::uint32_t i = 0; i < header_.command_count; ++i) {
      const auto offset = file_.in_file(header_size() + at);
      const auto left = text.size() - at;
      const auto size = left < 8 ? 0 : Fields(text.substr(at, 8), big_endian_).u32(4);
      if (size < 8 || size > left)
        file_.refuse(
            fmt::format("load command {} of {}, at offset {:#x}, doesn't fit: there are {} bytes for "
                        "it",
                        i, header_.command_count, offset, left));
      const Fields fields(text.substr(at, size), big_endian_);
      take({fields.u32(0), offset, fields});
      at += size;
    }
    if (info_.needed.size() + info_.rpath.size() + info_.minimum_os.size() > max_names)
      file_.refuse(fmt::format("the load commands at offset {:#x} have more than {} names",
                               file_.in_file(header_size()), max_names));
  }

  void take(const Command& command) {
    try {
      take_known(command);
    } catch (const OutOfBytes&) {
      file_.refuse(fmt::format("the load command {:#x} at offset {:#x} has {} bytes, too few for what it is",
                               command.type, command.offset, command.fields.size()));
    }
  }

  void take_known(const Command& command) {
    const auto& fields = command.fields;
    if (const auto kind = needed_kind(command.type)) {
      info_.needed.push_back(text(command));
      info_.needed_kinds.push_back(kind_by_flags(fields).value_or(*kind));
    } else if (command.type == lc_id_dylib) {
      info_.soname = text(command);
    } else if (command.type == lc_rpath) {
      info_.rpath.push_back(text(command));
    } else if (command.type == lc_code_signature) {
      info_.has_signature = true;
    } else if (command.type == lc_build_version) {
      info_.minimum_os.push_back({platform_name(fields.u32(8)), version_text(fields.u32(12))});
    } else if (const auto platform = platform_of_version_command(command.type)) {
      info_.minimum_os.push_back({platform_name(*platform), version_text(fields.u32(8))});
    }
  }

  /// Newer linkers use LC_LOAD_DYLIB for all kinds, and say in flags after it what is meant.
  static std::optional<NeededKind> kind_by_flags(const Fields& fields) {
    if (fields.u32(12) != dylib_use_marker || fields.u32(8) < 28) return std::nullopt;
    const auto flags = fields.u32(24);
    if ((flags & dylib_use_weak) != 0) return NeededKind::weak;
    if ((flags & dylib_use_reexport) != 0) return NeededKind::reexport;
    if ((flags & dylib_use_upward) != 0) return NeededKind::upward;
    return std::nullopt;
  }

  /// The string of a command; its place in it follows the command's size.
  std::string text(const Command& command) const {
    const auto at = command.fields.u32(8);
    const auto bytes = command.fields.bytes();
    const auto end = at < 12 || at >= bytes.size() ? std::string_view::npos : bytes.find('\0', at);
    if (end == std::string_view::npos)
      file_.refuse(
          fmt::format("the name in the load command {:#x} at offset {:#x} is not within its {} bytes",
                      command.type, command.offset, bytes.size()));
    return std::string(bytes.substr(at, end - at));
  }

  const CheckedBytes& file_;
  bool is_64_ = false;
  bool big_endian_ = false;
  Header header_;
  BinaryInfo info_;
};

/// A slice's place, as a fat header gives it.
struct Slice {
  std::uint32_t cpu_type = 0;
  std::uint32_t cpu_subtype = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

class FatReader {
 public:
  explicit FatReader(const CheckedBytes& file) : file_(file) {}

  BinaryInfo run() {
    read_table();
    check_places();
    std::vector<BinaryInfo> slices;
    for (const auto& slice : slices_) slices.push_back(read_slice(slice));
    return together(std::move(slices));
  }

 private:
  void read_table() {
    const Fields header(file_.bytes(0, fat_header_size, "the fat header"), true);
    const bool is_64 = header.u32(0) == fat_magic_64;
    const std::uint64_t entry_size = is_64 ? 32 : 20;
    const auto count = header.u32(4);
    if (count == 0 || count > max_slices)
      file_.refuse(fmt::format("the fat header at offset 0x0 states {} slices", count));
    const Fields table(file_.bytes(fat_header_size, count * entry_size, "the table of slices"), true);
    table_end_ = fat_header_size + count * entry_size;
    for (std::size_t at = 0; at < table.size(); at += entry_size) {
      Slice slice{table.u32(at), table.u32(at + 4), 0, 0};
      slice.offset = is_64 ? table.u64(at + 8) : table.u32(at + 8);
      slice.size = is_64 ? table.u64(at + 16) : table.u32(at + 12);
      slices_.push_back(slice);
    }
  }

  void check_places() const {
    for (std::size_t i = 0; i < slices_.size(); ++i) {
      const auto& slice = slices_[i];
      if (slice.offset > file_.size() || slice.size > file_.size() - slice.offset)
        refuse(i, fmt::format("reaches beyond the end of the file, which has {} bytes", file_.size()));
      if (slice.offset < table_end_) refuse(i, "overlaps the fat header");
      for (std::size_t other = 0; other < i; ++other) {
        const auto& before = slices_[other];
        if (slice.offset < before.offset + before.size && before.offset < slice.offset + slice.size)
          refuse(i, fmt::format("overlaps slice {}", other));
      }
    }
  }

  BinaryInfo read_slice(const Slice& slice) const {
    const CheckedBytes part(file_.source(), file_.subject(), slice.offset, slice.size);
    if (part.bytes_up_to(0, archive_magic.size()) == archive_magic) {
      BinaryInfo archive;
      archive.format = BinaryFormat::macho;
      archive.machine = machine_name(slice.cpu_type, slice.cpu_subtype);
      archive.bits = (slice.cpu_type & cpu_is_64) != 0 ? 64 : 32;
      archive.big_endian = is_big_endian(slice.cpu_type);
      return archive;
    }
    ThinReader reader(part);
    auto info = reader.run();
    if (reader.header().cpu_type != slice.cpu_type)
      part.refuse(
          fmt::format("the slice at offset {:#x} is for CPU type {:#x}, and the fat header says {:#x}",
                      slice.offset, reader.header().cpu_type, slice.cpu_type));
    return info;
  }

  [[noreturn]] void refuse(std::size_t index, std::string_view fault) const {
    file_.refuse(fmt::format("slice {} (offset {:#x}, {} bytes) {}", index, slices_[index].offset,
                             slices_[index].size, fault));
  }

  const CheckedBytes& file_;
  std::uint64_t table_end_ = 0;
  std::vector<Slice> slices_;
};

}  // namespace

bool has_magic(std::string_view head) noexcept {
  if (head.size() < 8) return false;
  const auto number = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(head[at + i]);
    return value;
  };
  const auto magic = number(0);
  if (magic == fat_magic || magic == fat_magic_64) return number(4) <= max_slices;
  return magic == magic_32 || magic == magic_64 || magic == swapped_32 || magic == swapped_64;
}

BinaryInfo read_macho(ByteSource& source, const std::string& subject) {
  const CheckedBytes file(source, subject);
  const auto magic = Fields(file.bytes(0, 4, "the Mach-O header"), true).u32(0);
  if (magic == fat_magic || magic == fat_magic_64) return FatReader(file).run();
  return ThinReader(file).run();
}

}  // namespace wheelfix::macho
