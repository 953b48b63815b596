#include "zip/end_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <wheelfix/error.hpp>

#include "base/bytes.hpp"
#include "zip/format.hpp"

namespace wheelfix::zip {

namespace {

/// The fields of an end record, or of a ZIP64 end record.
struct Fields {
  std::uint64_t disk = 0;
  std::uint64_t directory_disk = 0;
  std::uint64_t entries_here = 0;  ///< on this disk
  std::uint64_t entries = 0;
  std::uint64_t directory_size = 0;
  std::uint64_t directory_offset = 0;
};

/// The last end record, whose comment must reach the end of the file: the record itself, and where it begins.
/// A comment with the signature is refused too, because readers take it as the record.
std::pair<std::string, std::uint64_t> find_end_record(const File& file) {
  const auto window = std::min<std::uint64_t>(file.size(), end_record_size + 0xFFFF);
  const std::string tail = file.read(file.size() - window, static_cast<std::size_t>(window));
  if (const auto at = tail.rfind(end_record_signature); at != std::string::npos) {
    const bool is_whole = tail.size() - at >= end_record_size;
    const std::size_t comment_size = is_whole ? ByteReader(std::string_view(tail).substr(at + 20)).u16() : 0;
    if (is_whole && at + end_record_size + comment_size == tail.size())
      return {tail.substr(at), file.size() - tail.size() + at};
    refuse_archive(file, "has bytes after the end of the archive, or is cut short there");
  }
  if (tail.empty()) refuse_archive(file, "is empty, not a wheel");
  if (file.size() >= 4 && file.read(0, 4) == local_header_signature)
    refuse_archive(file, "is cut short: the ZIP archive has no central directory");
  refuse_archive(file, "is not a ZIP archive, so not a wheel");
}

Fields read_fields(std::string_view record) {
  ByteReader reader(record.substr(4));
  Fields fields;
  fields.disk = reader.u16();
  fields.directory_disk = reader.u16();
  fields.entries_here = reader.u16();
  fields.entries = reader.u16();
  fields.directory_size = reader.u32();
  fields.directory_offset = reader.u32();
  return fields;
}

Fields read_zip64_fields(std::string_view record) {
  ByteReader reader(record.substr(16));
  Fields fields;
  fields.disk = reader.u32();
  fields.directory_disk = reader.u32();
  fields.entries_here = reader.u64();
  fields.entries = reader.u64();
  fields.directory_size = reader.u64();
  fields.directory_offset = reader.u64();
  return fields;
}

/// The ZIP64 end record of the locator (4.3.15) right before the end record at `end_begin`.
std::optional<Fields> read_zip64_end(const File& file, std::uint64_t end_begin) {
  if (end_begin < zip64_locator_size) return std::nullopt;
  const auto locator_begin = end_begin - zip64_locator_size;
  const std::string locator = file.read(locator_begin, zip64_locator_size);
  if (!locator.starts_with(zip64_locator_signature)) return std::nullopt;
  ByteReader reader(std::string_view(locator).substr(4));
  const auto disk = reader.u32();
  const auto offset = reader.u64();
  if (disk != 0 || reader.u32() > 1) refuse_archive(file, "is one part of an archive of several disks");
  if (locator_begin < zip64_end_size || offset != locator_begin - zip64_end_size) {
    refuse_archive(file,
                   fmt::format("is ambiguous: the ZIP64 locator points to offset {}, not to a record of {} "
                               "bytes right before it at {}",
                               offset, zip64_end_size, locator_begin));
  }
  const std::string record = file.read(offset, zip64_end_size);
  if (!record.starts_with(zip64_end_signature))
    refuse_archive(file, fmt::format("has a ZIP64 locator, but no ZIP64 end record at offset {}", offset));
  if (const auto size = ByteReader(std::string_view(record).substr(4)).u64(); size + 12 != zip64_end_size)
    refuse_archive(file, fmt::format("is ambiguous: its ZIP64 end record says {} bytes, not 44", size));
  return read_zip64_fields(record);
}

void check_agreement(const File& file, const Fields& end, const Fields& zip64) {
  const auto agree = [&](const char* what, std::uint64_t value, std::uint64_t marker, std::uint64_t wide) {
    if (value == marker || value == wide) return;
    refuse_archive(file, fmt::format("is ambiguous: the end record says {} {}, the ZIP64 end record {}", what,
                                     value, wide));
  };
  agree("disk", end.disk, zip64_marker16, zip64.disk);
  agree("directory disk", end.directory_disk, zip64_marker16, zip64.directory_disk);
  agree("entries on this disk", end.entries_here, zip64_marker16, zip64.entries_here);
  agree("entries", end.entries, zip64_marker16, zip64.entries);
  agree("directory size", end.directory_size, zip64_marker32, zip64.directory_size);
  agree("directory offset", end.directory_offset, zip64_marker32, zip64.directory_offset);
}

}  // namespace

EndRecord read_end_record(const File& file) {
  const auto [record, begin] = find_end_record(file);
  auto fields = read_fields(record);
  const auto zip64 = read_zip64_end(file, begin);
  if (zip64) {
    check_agreement(file, fields, *zip64);
    fields = *zip64;
  }
  if (fields.disk != 0 || fields.directory_disk != 0 || fields.entries_here != fields.entries)
    refuse_archive(file, "is one part of an archive of several disks");
  return {.entries = fields.entries,
          .directory_size = fields.directory_size,
          .directory_offset = fields.directory_offset,
          .directory_end = zip64 ? begin - zip64_locator_size - zip64_end_size : begin,
          .comment = record.substr(end_record_size)};
}

void refuse_archive(const File& file, std::string message) {
  throw Error(ErrorCode::bad_archive, file.path().string(), std::move(message),
              "download the wheel again and compare its hash");
}

}  // namespace wheelfix::zip
