#include "zip/writer.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "zip/format.hpp"

namespace wheelfix::zip {

namespace {

constexpr std::uint16_t version_deflate = 20;
constexpr std::uint16_t version_zip64 = 45;

bool is_large(std::uint64_t value) {
  return value >= zip64_marker32;
}
std::uint32_t clamp32(std::uint64_t value) {
  return static_cast<std::uint32_t>(std::min(value, zip64_marker32));
}
std::uint16_t clamp16(std::uint64_t value) {
  return static_cast<std::uint16_t>(std::min(value, zip64_marker16));
}

/// ZIP64's extra field (4.5.3) with the values that don't fit into 32 bits, in its order; empty if all fit.
std::string zip64_field(const std::vector<std::uint64_t>& values) {
  std::string field;
  if (values.empty()) return field;
  put<std::uint16_t>(field, extra_id::zip64);
  put<std::uint16_t>(field, static_cast<std::uint16_t>(8 * values.size()));
  for (const auto value : values) put<std::uint64_t>(field, value);
  return field;
}

std::string central_zip64_field(const Entry& entry, std::uint64_t header_offset) {
  std::vector<std::uint64_t> values;
  for (const auto value : {entry.size, entry.compressed_size, header_offset}) {
    if (is_large(value)) values.push_back(value);
  }
  return zip64_field(values);
}

void put_common_fields(std::string& out, const Entry& entry, std::uint64_t compressed_size,
                       std::uint64_t size, std::size_t extra_size) {
  put<std::uint16_t>(out, entry.flags);
  put<std::uint16_t>(out, entry.method);
  put<std::uint16_t>(out, entry.dos_time);
  put<std::uint16_t>(out, entry.dos_date);
  put<std::uint32_t>(out, entry.crc32);
  put<std::uint32_t>(out, clamp32(compressed_size));
  put<std::uint32_t>(out, clamp32(size));
  put<std::uint16_t>(out, static_cast<std::uint16_t>(entry.raw_name().size()));
  put<std::uint16_t>(out, static_cast<std::uint16_t>(extra_size));
}

void put_central_header(std::string& out, const Entry& entry, std::uint64_t header_offset) {
  const auto zip64 = central_zip64_field(entry, header_offset);
  out += central_header_signature;
  put<std::uint16_t>(out, entry.version_made_by);
  put<std::uint16_t>(out, entry.version_needed);
  put_common_fields(out, entry, entry.compressed_size, entry.size, zip64.size() + entry.extra.size());
  put<std::uint16_t>(out, static_cast<std::uint16_t>(entry.comment.size()));
  put<std::uint16_t>(out, 0);
  put<std::uint16_t>(out, entry.internal_attributes);
  put<std::uint32_t>(out, entry.external_attributes);
  put<std::uint32_t>(out, clamp32(header_offset));
  out += entry.raw_name();
  out += zip64;
  out += entry.extra;
  out += entry.comment;
}

/// The largest piece of an entry's data that is copied: the range that would be there if all were.
Range largest_copied(const std::vector<SplicePiece>& data) {
  Range largest;
  std::uint64_t at = 0;
  for (const auto& piece : data) {
    if (piece.bytes.empty() && piece.size > largest.size)
      largest = {.offset = piece.offset - at, .size = piece.size};
    at += piece.size;
  }
  return largest;
}

void put_zip64_end(std::string& out, std::uint64_t entries, std::uint64_t size, std::uint64_t begin) {
  const std::uint64_t at = begin + size;
  out += zip64_end_signature;
  put<std::uint64_t>(out, zip64_end_size - 12);
  put<std::uint16_t>(out, version_zip64);
  put<std::uint16_t>(out, version_zip64);
  put<std::uint32_t>(out, 0);
  put<std::uint32_t>(out, 0);
  for (const auto value : {entries, entries, size, begin}) put<std::uint64_t>(out, value);
  out += zip64_locator_signature;
  put<std::uint32_t>(out, 0);
  put<std::uint64_t>(out, at);
  put<std::uint32_t>(out, 1);
}

}  // namespace

void normalize_header(Entry& header) {
  header.flags = static_cast<std::uint16_t>(header.flags & ~flag::data_descriptor);
  if (!is_ascii(header.raw_name())) header.flags |= flag::utf8_name;
  header.version_needed = std::max(header.version_needed, version_deflate);
}

void Writer::copy_run(const File& source, const std::vector<const Entry*>& entries, const Copied& copied) {
  if (entries.empty()) return;
  const auto& first = *entries.front();
  const auto end = entries.back()->end_offset;
  const auto header = padded_header(source, first, end);
  const auto begin = header.empty() ? first.header_offset : first.data_offset;
  list(first, out_.size());
  out_.append(header);
  const auto shift = out_.size() - begin;
  out_.append_from(source, begin, end - begin, jobs_, copied);
  for (const Entry* entry : std::span(entries).subspan(1)) list(*entry, entry->header_offset + shift);
}

/// The local header of the first of entries that end at `end`, if all would need other padding than in the
/// source; else nothing.
std::string Writer::padded_header(const File& source, const Entry& entry, std::uint64_t end) const {
  if (!padding_.is_needed({.offset = entry.header_offset, .size = end - entry.header_offset}, out_.size()))
    return {};
  auto header = local_header_without_padding(source, entry);
  const auto extra_size = header.size() - local_header_size - entry.raw_name().size();
  append_extra_field(header, padding_.before({.offset = entry.data_offset, .size = end - entry.data_offset},
                                             out_.size() + header.size(), extra_size));
  return header;
}

void Writer::copy_data(const File& source, const Entry& original, Entry header, const Copied& copied) {
  put_local_header(header, {.offset = original.data_offset, .size = original.compressed_size});
  out_.append_from(source, original.data_offset, original.compressed_size, jobs_, copied);
  list(header, header.header_offset);
}

void Writer::add(Entry header, const File& source, const std::vector<SplicePiece>& data,
                 const Copied& copied) {
  put_local_header(header, largest_copied(data));
  for (const auto& piece : data) {
    if (piece.bytes.empty()) {
      out_.append_from(source, piece.offset, piece.size, jobs_, copied);
    } else {
      out_.append(piece.bytes);
    }
  }
  list(header, header.header_offset);
}

void Writer::put_local_header(Entry& header, const Range& next) {
  normalize_header(header);
  const bool large = is_large(header.size) || is_large(header.compressed_size);
  if (large) header.version_needed = std::max(header.version_needed, version_zip64);
  // In a local header both sizes must be there (4.5.3).
  auto extra = (large ? zip64_field({header.size, header.compressed_size}) : std::string()) +
               without_padding(header.local_extra);
  const auto end = out_.size() + local_header_size + header.raw_name().size() + extra.size();
  extra += padding_.before(next, end, extra.size());
  header.header_offset = out_.size();
  std::string out(local_header_signature);
  put<std::uint16_t>(out, header.version_needed);
  put_common_fields(out, header, large ? zip64_marker32 : header.compressed_size,
                    large ? zip64_marker32 : header.size, extra.size());
  out_.append(out + header.raw_name() + extra);
}

void Writer::list(const Entry& entry, std::uint64_t header_offset) {
  put_central_header(directory_, entry, header_offset);
  ++count_;
}

void Writer::finish(const std::string& comment) {
  const std::uint64_t begin = out_.size();
  const std::uint64_t size = directory_.size();
  auto out = std::exchange(directory_, {});
  const bool needs_zip64 = count_ >= zip64_marker16 || is_large(size) || is_large(begin);
  if (needs_zip64) put_zip64_end(out, count_, size, begin);
  out += end_record_signature;
  put<std::uint16_t>(out, 0);
  put<std::uint16_t>(out, 0);
  put<std::uint16_t>(out, clamp16(count_));
  put<std::uint16_t>(out, clamp16(count_));
  put<std::uint32_t>(out, clamp32(size));
  put<std::uint32_t>(out, clamp32(begin));
  put<std::uint16_t>(out, static_cast<std::uint16_t>(comment.size()));
  out_.append(out + comment);
}

}  // namespace wheelfix::zip
