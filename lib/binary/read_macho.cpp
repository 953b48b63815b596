#include "binary/read_macho.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "binary/checked_bytes.hpp"
#include "binary/macho_commands.hpp"
#include "binary/macho_format.hpp"

namespace wheelfix::macho {
namespace {

constexpr std::size_t max_names = 4096;  // real files have up to some 100, a fat file those of all slices

class ThinReader {
 public:
  explicit ThinReader(const CheckedBytes& file) : file_(file), header_(read_thin_header(file)) {}

  BinaryInfo run() {
    info_.format = BinaryFormat::macho;
    info_.machine = machine_name(header_.cpu_type, header_.cpu_subtype);
    info_.bits = header_.is_64 ? 64 : 32;
    info_.big_endian = header_.big_endian;
    info_.is_program = header_.file_type == mh_execute;
    info_.is_dynamic = is_loaded(header_.file_type);
    if (info_.is_dynamic) read_commands();
    return std::move(info_);
  }

  const ThinHeader& header() const { return header_; }

 private:
  void read_commands() {
    for_each_command(file_, header_, [this](const LoadCommand& command) { take(command); });
    if (info_.needed.size() + info_.rpath.size() + info_.minimum_os.size() > max_names)
      file_.refuse(fmt::format("the load commands at offset {:#x} have more than {} names",
                               file_.in_file(header_.size()), max_names));
  }

  void take(const LoadCommand& command) {
    try {
      take_known(command);
    } catch (const OutOfBytes&) {
      file_.refuse(fmt::format("the load command {:#x} at offset {:#x} has {} bytes, too few for what it is",
                               command.type, command.offset, command.fields.size()));
    }
  }

  void take_known(const LoadCommand& command) {
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
  std::string text(const LoadCommand& command) const {
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
  ThinHeader header_;
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
