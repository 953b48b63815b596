#include "wheel/compare_entries.hpp"

#include <algorithm>
#include <atomic>
#include <string>
#include <wheelfix/error.hpp>

#include "base/hash.hpp"
#include "base/progress_meter.hpp"
#include "base/workers.hpp"
#include "zip/padding.hpp"

namespace wheelfix {

namespace {

constexpr std::uint64_t compared_at_once = 1 << 20;

/// Bytes of both files that must be the same.
struct Span {
  std::size_t pair = 0;
  std::uint64_t source_offset = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

std::uint64_t size_in_file(const zip::Entry& entry) {
  return entry.end_offset - entry.header_offset;
}

std::uint64_t size_after_header(const zip::Entry& entry) {
  return entry.end_offset - entry.data_offset;
}

/// Whether only the padding of the local header is different before the data.
bool has_same_header(const zip::Archive& source, const zip::Archive& archive, const EntryPair& pair) {
  return zip::local_header_without_padding(source.file(), *pair.source) ==
         zip::local_header_without_padding(archive.file(), *pair.entry);
}

void add_spans(Span span, std::vector<Span>& spans) {
  while (span.size > compared_at_once) {
    spans.push_back(span);
    spans.back().size = compared_at_once;
    span.source_offset += compared_at_once;
    span.offset += compared_at_once;
    span.size -= compared_at_once;
  }
  spans.push_back(span);
}

bool is_same(const File& source, const File& file, const Span& span) {
  thread_local std::string one, other;
  one.resize(static_cast<std::size_t>(span.size));
  other.resize(one.size());
  source.read(span.source_offset, one.data(), one.size());
  file.read(span.offset, other.data(), other.size());
  return one == other;
}

std::string content_hash(const zip::Archive& archive, const zip::Entry& entry) {
  Inflater inflater;
  Hasher hasher;
  archive.stream(entry, inflater, [&](std::string_view piece) { hasher.update(piece); });
  return hasher.finish_as_hex();
}

bool has_same_data(const zip::Archive& source, const zip::Archive& archive, const EntryPair& pair) {
  if (pair.source->method != pair.entry->method ||
      pair.source->compressed_size != pair.entry->compressed_size)
    return false;
  std::vector<Span> spans;
  add_spans({0, pair.source->data_offset, pair.entry->data_offset, pair.entry->compressed_size}, spans);
  return std::ranges::all_of(spans,
                             [&](const Span& span) { return is_same(source.file(), archive.file(), span); });
}

/// False for damage, too, which `verify` reports of what differs.
bool has_same_content(const zip::Archive& source, const zip::Archive& archive, const EntryPair& pair) {
  if (pair.source->size != pair.entry->size || pair.source->crc32 != pair.entry->crc32) return false;
  try {
    return content_hash(source, *pair.source) == content_hash(archive, *pair.entry);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::bad_archive) throw;
    return false;
  }
}

bool keeps_no_name(std::uint16_t id) {
  return id != zip::extra_id::unicode_path;
}

/// Both headers' extra fields without padding, of a renamed entry without one that has the name.
std::string extra_fields(const zip::Archive& archive, const zip::Entry& entry, bool is_renamed) {
  const auto local = zip::without_padding(archive.with_local_extra(entry).local_extra);
  if (!is_renamed) return entry.extra + '\0' + local;
  return zip::filter_extra_fields(entry.extra, keeps_no_name) + '\0' +
         zip::filter_extra_fields(local, keeps_no_name);
}

/// A header that is written for another name has no data descriptor, and may have the flag for UTF-8.
bool has_other_header(const zip::Entry& source, const zip::Entry& entry, bool is_renamed) {
  if (source.comment != entry.comment) return true;
  if (is_renamed) {
    constexpr auto ignored = zip::flag::data_descriptor | zip::flag::utf8_name;
    return ((source.flags ^ entry.flags) & ~ignored) != 0;
  }
  return source.flags != entry.flags || source.version_needed != entry.version_needed ||
         source.raw_name() != entry.raw_name();
}

}  // namespace

std::vector<bool> have_same_bytes(const zip::Archive& source, const zip::Archive& archive,
                                  const std::vector<EntryPair>& pairs, const CompareOptions& options) {
  std::vector<std::atomic<bool>> differs(pairs.size());
  std::vector<Span> spans;
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto& [old, entry] = pairs[i];
    if (old == nullptr) continue;
    if (pairs[i].is_renamed() && old->compressed_size == entry->compressed_size) {
      add_spans({i, old->data_offset, entry->data_offset, entry->compressed_size}, spans);
    } else if (!pairs[i].is_renamed() && size_in_file(*old) == size_in_file(*entry)) {
      add_spans({i, old->header_offset, entry->header_offset, size_in_file(*entry)}, spans);
    } else if (!pairs[i].is_renamed() && size_after_header(*old) == size_after_header(*entry) &&
               has_same_header(source, archive, pairs[i])) {
      add_spans({i, old->data_offset, entry->data_offset, size_after_header(*entry)}, spans);
    } else {
      differs[i] = true;
      continue;
    }
    total += entry->compressed_size;
  }
  ProgressMeter meter("comparing", total, options.progress);
  for_each_parallel(spans.size(), options.jobs, [&](std::size_t i) {
    const auto& span = spans[i];
    if (!differs[span.pair] && !is_same(source.file(), archive.file(), span)) differs[span.pair] = true;
    meter.add(span.size);
  });
  std::vector<bool> same(pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) same[i] = !differs[i];
  return same;
}

std::set<Difference> differences(const zip::Archive& source, const zip::Archive& archive,
                                 const EntryPair& pair, bool has_same_bytes) {
  const auto& [old, entry] = pair;
  if (old == nullptr) return {Difference::added};
  std::set<Difference> how;
  const bool has_same_values = old->crc32 == entry->crc32 && old->size == entry->size &&
                               old->method == entry->method && old->compressed_size == entry->compressed_size;
  if (!has_same_values || (!has_same_bytes && !has_same_data(source, archive, pair)))
    how.insert(has_same_content(source, archive, pair) ? Difference::compression : Difference::content);
  if (old->dos_time != entry->dos_time || old->dos_date != entry->dos_date) how.insert(Difference::time);
  if (old->external_attributes != entry->external_attributes ||
      old->internal_attributes != entry->internal_attributes ||
      old->version_made_by != entry->version_made_by)
    how.insert(Difference::attributes);
  const bool may_have_other_extra = !has_same_bytes || pair.is_renamed() || old->extra != entry->extra;
  if (may_have_other_extra &&
      extra_fields(source, *old, pair.is_renamed()) != extra_fields(archive, *entry, pair.is_renamed()))
    how.insert(Difference::extra_fields);
  if (has_other_header(*old, *entry, pair.is_renamed())) how.insert(Difference::header);
  if (!has_same_bytes && how.empty()) how.insert(Difference::header);
  if (pair.is_renamed()) how.insert(Difference::renamed);
  return how;
}

}  // namespace wheelfix
