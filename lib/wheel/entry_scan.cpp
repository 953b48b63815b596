#include "wheel/entry_scan.hpp"

#include <fmt/format.h>

#include <utility>

#include "deflate/splice_check.hpp"
#include "wheel/hash_rows.hpp"

namespace wheelfix {

namespace {

DeflateStream stream_of(const zip::Archive& archive, const zip::Entry& entry) {
  return {.file = &archive.file(),
          .offset = entry.data_offset,
          .size = entry.compressed_size,
          .content_size = entry.size,
          .content_crc32 = entry.crc32,
          .subject = archive.subject(entry)};
}

}  // namespace

std::optional<HashAlgorithm> recorded_algorithm(const Record& record, const zip::Entry& entry) {
  const auto* row = record.find(entry.path);
  if (row == nullptr || row->hash.empty()) return std::nullopt;
  return algorithm_of(*row).value_or(HashAlgorithm::sha256);
}

std::string fingerprint_of(const ContentEdits& edits) {
  Hasher hasher;
  hasher.update(fmt::format("{}:", edits.overwrites.size()));
  for (const auto& edit : edits.overwrites) {
    hasher.update(fmt::format("{} {}:", edit.offset, edit.bytes.size()));
    hasher.update(edit.bytes);
  }
  hasher.update(edits.appended);
  return hasher.finish_as_hex();
}

EntryScan::EntryScan(const zip::Archive& archive, const Record& record, const zip::Entry& entry,
                     std::function<void(std::uint64_t)> scanned)
    : EntryScan(stream_of(archive, entry), recorded_algorithm(record, entry).value_or(HashAlgorithm::sha256),
                std::move(scanned)) {}

EntryScan::EntryScan(DeflateStream stream, HashAlgorithm recorded, std::function<void(std::uint64_t)> scanned)
    : scan_(std::move(stream), recorded, std::move(scanned)) {
  if (recorded != HashAlgorithm::sha256) scan_.expect({});
}

SplicedEntry EntryScan::splice(const ContentEdits& edits, Verification verification) {
  forget();
  scan_.finish();
  SplicedEntry made{.edits_hash = fingerprint_of(edits),
                    .splice = wheelfix::splice(scan_, edits),
                    .old_hash = scan_.hash()};
  made.is_read_back = verification != Verification::never;
  if (made.splice && made.is_read_back) check_runs(scan_, edits, *made.splice);
  return made;
}

}  // namespace wheelfix
