#include "wheel/entry_encoder.hpp"

#include <utility>

#include "base/byte_edit.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "deflate/compress.hpp"
#include "deflate/inflate.hpp"

namespace wheelfix {

namespace {

bool has_suffix_of_library(std::string_view path) {
  const auto name = file_name(path);
  return name.ends_with(".so") || name.ends_with(".dylib") || name.ends_with(".pyd") ||
         name.find(".so.") != std::string_view::npos;
}

bool keeps_times(std::uint16_t id) {
  return id != zip::extra_id::unix_times && id != zip::extra_id::ntfs_times;
}

/// A field that repeats the name would be wrong under another one.
bool keeps_name(std::uint16_t id) {
  return id != zip::extra_id::unicode_path;
}

}  // namespace

zip::Entry header_for(const zip::Archive& archive, const PlannedEntry& entry) {
  zip::Entry header = entry.source != nullptr ? archive.with_local_extra(*entry.source) : zip::Entry{};
  if (header.extra_fault != nullptr) {
    header.extra = zip::sound_extra_fields(header.extra);
    header.local_extra = zip::sound_extra_fields(header.local_extra);
  }
  if (header.raw_name() != entry.path) {  // renamed, or in code page 437, which is written as UTF-8
    header.extra = zip::filter_extra_fields(header.extra, keeps_name);
    header.local_extra = zip::filter_extra_fields(header.local_extra, keeps_name);
    header.path = entry.path;
    header.encoded_name.reset();
  }
  if (entry.source == nullptr) {
    header.version_made_by = 3 << 8 | 20;  // Unix, APPNOTE 2.0
    const bool is_program =
        has_suffix_of_library(entry.path) || entry.path.find(".data/scripts/") != std::string::npos;
    header.external_attributes = (0100000U | entry.mode.value_or(is_program ? 0755 : 0644)) << 16;
  } else if (entry.mode) {
    header.version_made_by = static_cast<std::uint16_t>(3 << 8 | (header.version_made_by & 0xFF));
    header.external_attributes = (header.external_attributes & 0xFFFF) | (0100000U | *entry.mode) << 16;
  }
  return header;
}

EncodedEntry EntryEncoder::encode(const PlannedEntry& entry,
                                  const std::function<void(std::uint64_t)>& read) const {
  const bool is_stream =
      entry.source != nullptr && entry.source->method == static_cast<std::uint16_t>(zip::Method::deflated);
  if (entry.byte_edits != nullptr && is_stream) return splice_or_compress(entry, read);
  auto encoded = entry.content ? compress(entry, *entry.content) : compress_edited(entry);
  if (entry.source != nullptr) encoded.old_hash = old_hash(*entry.source);
  return encoded;
}

EncodedEntry EntryEncoder::splice_or_compress(const PlannedEntry& entry,
                                              const std::function<void(std::uint64_t)>& read) const {
  const auto made = splice(entry, read);
  EncodedEntry encoded;
  if (made->splice) {
    encoded.header = header_for(archive_, entry);
    encoded.data = made->splice->pieces;
    encoded.is_spliced = true;
    set_data(encoded, zip::Method::deflated, made->splice->content);
  } else {
    encoded = compress_edited(entry);
  }
  encoded.old_hash = made->old_hash;
  return encoded;
}

std::shared_ptr<const SplicedEntry> EntryEncoder::splice(
    const PlannedEntry& entry, const std::function<void(std::uint64_t)>& read) const {
  if (auto made = splices_.find(*entry.source, *entry.byte_edits, options_.verification)) {
    if (read) read(entry.source->compressed_size);
    return made;
  }
  EntryScan scan(archive_, record_, *entry.source, read);
  scan.expect(*entry.byte_edits);
  return std::make_shared<SplicedEntry>(scan.splice(*entry.byte_edits, options_.verification));
}

EncodedEntry EntryEncoder::compress_edited(const PlannedEntry& entry) const {
  return compress(entry, apply_edits(archive_.read(*entry.source), *entry.byte_edits));
}

EncodedEntry EntryEncoder::compress(const PlannedEntry& entry, const std::string& content) const {
  EncodedEntry encoded;
  encoded.header = header_for(archive_, entry);
  const bool is_record = entry.how.contains(How::record);
  const auto usual =
      is_record && content.size() > large_record ? large_record_level : default_compression_level;
  auto data = deflate(content, options_.level.value_or(usual));
  const bool is_smaller = data.size() < content.size();
  if (!is_smaller) data = content;
  const auto size = data.size();
  encoded.data.push_back({.offset = 0, .size = size, .bytes = std::move(data)});
  set_data(encoded, is_smaller ? zip::Method::deflated : zip::Method::stored,
           {content.size(), crc32(0, content), record_hash(content)});
  return encoded;
}

void EntryEncoder::set_data(EncodedEntry& encoded, zip::Method method, ContentDigest content) const {
  auto& header = encoded.header;
  header.method = static_cast<std::uint16_t>(method);
  header.flags = static_cast<std::uint16_t>(header.flags & zip::flag::utf8_name);
  header.crc32 = content.crc32;
  header.size = content.size;
  header.compressed_size = total_size(encoded.data);
  header.dos_date = stamp_.date;
  header.dos_time = stamp_.time;
  header.extra = zip::filter_extra_fields(header.extra, keeps_times);
  header.local_extra = zip::filter_extra_fields(header.local_extra, keeps_times);
  encoded.hash = std::move(content.hash);
}

std::string EntryEncoder::old_hash(const zip::Entry& entry) const {
  const auto algorithm = recorded_algorithm(record_, entry);
  if (!algorithm) return {};
  Inflater inflater;
  Hasher hasher(*algorithm);
  archive_.stream(entry, inflater, [&](std::string_view piece) { hasher.update(piece); });
  return hasher.finish_for_record();
}

}  // namespace wheelfix
