#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>
#include <wheelfix/edit.hpp>
#include <wheelfix/record.hpp>

#include "deflate/splice.hpp"
#include "wheel/archive_of.hpp"
#include "wheel/dos_time.hpp"
#include "wheel/entry_scan.hpp"
#include "wheel/plan.hpp"
#include "wheel/splice_cache.hpp"

namespace wheelfix {

/// An entry's new data, under the header that it gets.
struct EncodedEntry {
  zip::Entry header;
  std::vector<SplicePiece> data;  ///< from the source's file, and new bytes
  bool is_spliced = false;
  std::string hash;  ///< of the new content, as RECORD writes it
  /// Of the source's content, by the algorithm of its row in RECORD, or SHA-256 if that isn't one of ours;
  /// empty if there is no such row.
  std::string old_hash;
};

/// The header of an entry under its new name and mode, with the source's sizes.
zip::Entry header_for(const zip::Archive& archive, const PlannedEntry& entry);

/// Makes the data of changed entries, one after the other or many at once.
class EntryEncoder {
 public:
  /// They must outlive it.
  EntryEncoder(const Wheel& wheel, const WriteOptions& options, DosStamp stamp)
      : archive_(archive_of(wheel)),
        record_(wheel.record()),
        splices_(splices_of(wheel)),
        options_(options),
        stamp_(stamp) {}

  /// New content is compressed whole. A compressed stream that is edited is read once and spliced, unless
  /// that was done when the edit was planned, or so much of it would change that it is better compressed
  /// whole; what was spliced is read back as `options.verification` says. `read` is called with counts of
  /// compressed bytes. Throws Error{bad_archive}.
  EncodedEntry encode(const PlannedEntry& entry, const std::function<void(std::uint64_t)>& read) const;

 private:
  EncodedEntry compress(const PlannedEntry& entry, const std::string& content) const;
  EncodedEntry compress_edited(const PlannedEntry& entry) const;
  EncodedEntry splice_or_compress(const PlannedEntry& entry,
                                  const std::function<void(std::uint64_t)>& read) const;
  void set_data(EncodedEntry& encoded, zip::Method method, ContentDigest content) const;
  std::shared_ptr<const SplicedEntry> splice(const PlannedEntry& entry,
                                             const std::function<void(std::uint64_t)>& read) const;
  std::string old_hash(const zip::Entry& entry) const;

  const zip::Archive& archive_;
  const Record& record_;
  const SpliceCache& splices_;
  const WriteOptions& options_;
  DosStamp stamp_;
};

}  // namespace wheelfix
