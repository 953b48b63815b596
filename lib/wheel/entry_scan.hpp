#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <wheelfix/edit.hpp>
#include <wheelfix/record.hpp>

#include "base/kept_bytes.hpp"
#include "deflate/splice.hpp"
#include "zip/archive.hpp"

namespace wheelfix {

/// The algorithm by which RECORD has an entry's hash, SHA-256 if that isn't one of ours; nothing if it has no
/// hash.
std::optional<HashAlgorithm> recorded_algorithm(const Record& record, const zip::Entry& entry);

/// Tells edits from others.
std::string fingerprint_of(const ContentEdits& edits);

/// The stream of a deflated entry with edits in its content.
struct SplicedEntry {
  std::string edits_hash;        ///< of the edits, which may be big
  std::optional<Splice> splice;  ///< nothing if the edited content is better compressed whole
  std::string old_hash;          ///< of the content without the edits, by recorded_algorithm, or SHA-256
  bool is_read_back = false;     ///< by check_runs
};

/// The content of a deflated entry that is going to be edited: it is hashed while it is read, so that reading
/// it to plan the edit, checking it against RECORD and splicing the edit into it are one pass.
class EntryScan : public KeptBytes {
 public:
  /// They must outlive it. `scanned` is called with counts of compressed bytes.
  EntryScan(const zip::Archive& archive, const Record& record, const zip::Entry& entry,
            std::function<void(std::uint64_t)> scanned);

  std::uint64_t size() const override { return scan_.size(); }
  bool is_stream() const override { return true; }

  /// See ContentScan.
  void expect(ContentEdits edits) { scan_.expect(std::move(edits)); }
  void use_threads(unsigned count) { scan_.use_threads(count); }

  /// Reads what wasn't read yet, and makes the stream; nothing else may be called then. Reads the new blocks
  /// back unless `verification` says never. Throws Error{bad_archive}.
  SplicedEntry splice(const ContentEdits& edits, Verification verification);

 private:
  EntryScan(DeflateStream stream, HashAlgorithm recorded, std::function<void(std::uint64_t)> scanned);

  std::string load(std::uint64_t offset, std::uint64_t count) override { return scan_.read(offset, count); }
  std::string_view glance(std::uint64_t offset) override { return scan_.skim(offset); }

  ContentScan scan_;
};

}  // namespace wheelfix
