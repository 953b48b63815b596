#include "zip/directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <wheelfix/error.hpp>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "zip/format.hpp"

namespace wheelfix::zip {

namespace {

struct EndRecord {
  std::uint64_t entries = 0;
  std::uint64_t directory_size = 0;
  std::uint64_t directory_offset = 0;
  std::uint64_t tail_begin = 0;
  std::string comment;
};

[[noreturn]] void refuse(const File& file, std::string message) {
  throw Error(ErrorCode::bad_archive, file.path().string(), std::move(message),
              "download the wheel again and compare its hash");
}

/// The last end record, whose comment must reach the end of the file: the record itself, and where it begins.
/// A comment that holds the signature is refused with the rest, for readers take it for the record.
std::pair<std::string, std::uint64_t> find_end_record(const File& file) {
  const auto window = std::min<std::uint64_t>(file.size(), end_record_size + 0xFFFF);
  const std::string tail = file.read(file.size() - window, static_cast<std::size_t>(window));
  if (const auto at = tail.rfind(end_record_signature); at != std::string::npos) {
    const bool is_whole = tail.size() - at >= end_record_size;
    const std::size_t comment_size = is_whole ? ByteReader(std::string_view(tail).substr(at + 20)).u16() : 0;
    if (is_whole && at + end_record_size + comment_size == tail.size())
      return {tail.substr(at), file.size() - tail.size() + at};
    refuse(file, "has bytes behind the end of the archive, or is cut short there");
  }
  if (tail.empty()) refuse(file, "is empty, not a wheel");
  if (file.size() >= 4 && file.read(0, 4) == local_header_signature)
    refuse(file, "is cut short: the ZIP archive has no central directory");
  refuse(file, "is not a ZIP archive, so not a wheel");
}

/// ZIP64's end record (4.3.14), found by its locator (4.3.15) right before the end record at `end_begin`.
std::optional<EndRecord> read_zip64_end(const File& file, std::uint64_t end_begin) {
  if (end_begin < zip64_locator_size) return std::nullopt;
  const std::string locator = file.read(end_begin - zip64_locator_size, zip64_locator_size);
  if (!locator.starts_with(zip64_locator_signature)) return std::nullopt;
  ByteReader reader(locator);
  reader.take(8);
  const auto offset = reader.u64();
  if (offset > end_begin || end_begin - offset < zip64_end_size + zip64_locator_size)
    refuse(file, "the ZIP64 locator points past the end of the archive");
  const std::string record = file.read(offset, zip64_end_size);
  if (!record.starts_with(zip64_end_signature))
    refuse(file, "the ZIP64 locator points to something else than the ZIP64 end record");
  ByteReader end(std::string_view(record).substr(4));
  if (end.u64() + offset + 12 != end_begin - zip64_locator_size)
    refuse(file, "has bytes between the ZIP64 end record and its locator");
  end.u32();
  if (end.u32() != 0 || end.u32() != 0) refuse(file, "is one part of an archive of several disks");
  end.u64();
  return EndRecord{.entries = end.u64(),
                   .directory_size = end.u64(),
                   .directory_offset = end.u64(),
                   .tail_begin = offset,
                   .comment = {}};
}

EndRecord read_end(const File& file) {
  const auto [record, begin] = find_end_record(file);
  ByteReader reader(record);
  reader.take(4);
  if (reader.u16() != 0 || reader.u16() != 0) {
    // 0xFFFF twice is what some writers put there beside a ZIP64 record, which says it again.
    if (!record.substr(4).starts_with("\xFF\xFF\xFF\xFF"))
      refuse(file, "is one part of an archive of several disks");
  }
  reader.u16();
  EndRecord end{.entries = reader.u16(),
                .directory_size = reader.u32(),
                .directory_offset = reader.u32(),
                .tail_begin = begin,
                .comment = {}};
  const bool deferred = end.entries == zip64_marker16 || end.directory_size == zip64_marker32 ||
                        end.directory_offset == zip64_marker32;
  if (deferred) {
    if (const auto zip64 = read_zip64_end(file, begin)) end = *zip64;
  }
  end.comment = record.substr(end_record_size);
  return end;
}

/// Takes the values that the central header leaves to ZIP64's extra field (4.5.3) from it.
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
  reader.u16();
  entry.internal_attributes = reader.u16();
  entry.external_attributes = reader.u32();
  entry.header_offset = reader.u32();
  entry.raw_name = reader.take(name_size);
  const std::string extra(reader.take(extra_size));
  entry.comment = reader.take(comment_size);
  entry.path = entry.raw_name;
  resolve_zip64(entry, extra);
  entry.extra = filter_extra_fields(extra, [](std::uint16_t id) { return id != extra_id::zip64; });
  return entry;
}

}  // namespace

Directory read_directory(const File& file, const Limits& limits) {
  const auto end = read_end(file);
  if (end.entries > limits.max_entries) {
    throw Error(ErrorCode::limit_exceeded, file.path().string(),
                fmt::format("has {} entries, more than {}", end.entries, limits.max_entries),
                "raise it with --max-entries if you trust the file");
  }
  if (end.directory_offset > end.tail_begin || end.tail_begin - end.directory_offset != end.directory_size) {
    refuse(
        file,
        fmt::format(
            "is damaged: the central directory should lie at {} with {} bytes, and the end record lies at {}",
            end.directory_offset, end.directory_size, end.tail_begin));
  }
  if (end.entries > end.directory_size / central_header_size)
    refuse(file, "is damaged: the central directory is too small for its entries");
  const std::string bytes = file.read(end.directory_offset, static_cast<std::size_t>(end.directory_size));
  Directory directory{.entries = {}, .comment = end.comment, .begin = end.directory_offset};
  directory.entries.reserve(static_cast<std::size_t>(end.entries));
  ByteReader reader(bytes);
  try {
    while (directory.entries.size() < end.entries) {
      if (reader.take(4) != central_header_signature) {
        refuse(file, fmt::format("is damaged: no central header for entry {} at offset {}",
                                 directory.entries.size() + 1, end.directory_offset + reader.position() - 4));
      }
      directory.entries.push_back(read_central_header(reader));
    }
  } catch (const OutOfBytes&) {
    refuse(file, fmt::format("is damaged: the central header of entry {} is cut short",
                             directory.entries.size() + 1));
  }
  if (reader.remaining() > 0)
    refuse(file, fmt::format("is damaged: {} bytes behind the last central header", reader.remaining()));
  return directory;
}

}  // namespace wheelfix::zip
