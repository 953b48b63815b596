#include "zip/directory.hpp"

#include <fmt/format.h>

#include <wheelfix/error.hpp>

#include "base/bytes.hpp"
#include "zip/end_record.hpp"
#include "zip/format.hpp"

namespace wheelfix::zip {

namespace {

/// Bytes of values that the central header leaves to ZIP64's extra field (4.5.3).
std::size_t deferred_bytes(const Entry& entry, std::uint16_t disk) {
  const auto bytes = [](std::uint64_t value) { return value == zip64_marker32 ? 8U : 0U; };
  return bytes(entry.size) + bytes(entry.compressed_size) + bytes(entry.header_offset) +
         (disk == zip64_marker16 ? 4U : 0U);
}

/// Takes these values from it.
void resolve_zip64(Entry& entry, std::string_view extra) {
  const bool deferred = entry.size == zip64_marker32 || entry.compressed_size == zip64_marker32 ||
                        entry.header_offset == zip64_marker32;
  ByteReader fields(extra);
  while (deferred && fields.remaining() >= 4) {
    const auto id = fields.u16();
    ByteReader field(fields.take(fields.u16()));
    if (id != extra_id::zip64) continue;
    if (entry.size == zip64_marker32) entry.size = field.u64();
    if (entry.compressed_size == zip64_marker32) entry.compressed_size = field.u64();
    if (entry.header_offset == zip64_marker32) entry.header_offset = field.u64();
    return;
  }
}

Entry read_central_header(ByteReader& reader) {
  Entry entry;
  entry.version_made_by = reader.u16();
  entry.version_needed = reader.u16();
  entry.flags = reader.u16();
  entry.method = reader.u16();
  entry.dos_time = reader.u16();
  entry.dos_date = reader.u16();
  entry.crc32 = reader.u32();
  entry.compressed_size = reader.u32();
  entry.size = reader.u32();
  const auto name_size = reader.u16();
  const auto extra_size = reader.u16();
  const auto comment_size = reader.u16();
  const auto disk = reader.u16();
  entry.internal_attributes = reader.u16();
  entry.external_attributes = reader.u32();
  entry.header_offset = reader.u32();
  entry.path = reader.take(name_size);
  const auto extra = reader.take(extra_size);
  entry.comment = reader.take(comment_size);
  entry.extra_fault = extra_field_fault(extra, deferred_bytes(entry, disk));
  resolve_zip64(entry, extra);
  entry.extra = filter_extra_fields(extra, [](std::uint16_t id) { return id != extra_id::zip64; });
  return entry;
}

}  // namespace

Directory read_directory(const File& file, const Limits& limits) {
  const auto end = read_end_record(file);
  if (end.entries > limits.max_entries) {
    throw Error(ErrorCode::limit_exceeded, file.path().string(),
                fmt::format("has {} entries, more than {}", end.entries, limits.max_entries),
                "raise it with --max-entries if you trust the file");
  }
  if (end.directory_offset > end.directory_end ||
      end.directory_end - end.directory_offset != end.directory_size) {
    refuse_archive(
        file,
        fmt::format(
            "is damaged: the central directory should be at {} with {} bytes, but the end record is at {}",
            end.directory_offset, end.directory_size, end.directory_end));
  }
  if (end.entries > end.directory_size / central_header_size)
    refuse_archive(file, "is damaged: the central directory is too small for its entries");
  const std::string bytes = file.read(end.directory_offset, static_cast<std::size_t>(end.directory_size));
  Directory directory{.entries = {}, .comment = end.comment, .begin = end.directory_offset};
  directory.entries.reserve(static_cast<std::size_t>(end.entries));
  ByteReader reader(bytes);
  try {
    while (directory.entries.size() < end.entries) {
      if (reader.take(4) != central_header_signature) {
        refuse_archive(
            file, fmt::format("is damaged: no central header for entry {} at offset {}",
                              directory.entries.size() + 1, end.directory_offset + reader.position() - 4));
      }
      directory.entries.push_back(read_central_header(reader));
    }
  } catch (const OutOfBytes&) {
    refuse_archive(file, fmt::format("is damaged: the central header of entry {} is cut short",
                                     directory.entries.size() + 1));
  }
  if (reader.remaining() > 0)
    refuse_archive(file,
                   fmt::format("is damaged: {} bytes after the last central header", reader.remaining()));
  return directory;
}

}  // namespace wheelfix::zip
