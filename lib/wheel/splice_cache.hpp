#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <wheelfix/wheel.hpp>

#include "wheel/entry_scan.hpp"

namespace wheelfix {

/// Streams that were made while edits of a wheel's entries were planned, for `write`, which would have to
/// read these entries again. It uses one only for the same edits, so that what is written doesn't depend on
/// what is here. Safe from many threads.
class SpliceCache {
 public:
  /// In place of the one that was made of `entry` before; not if all of them would take over 64 MB.
  void put(const zip::Entry& entry, SplicedEntry made);
  /// Null if none was made of `entry` with these edits, and read back unless `verification` says never.
  std::shared_ptr<const SplicedEntry> find(const zip::Entry& entry, const ContentEdits& edits,
                                           Verification verification) const;

 private:
  mutable std::mutex mutex_;
  std::map<const zip::Entry*, std::shared_ptr<const SplicedEntry>> made_;
  std::uint64_t size_ = 0;  ///< of new bytes
};

/// That of a wheel, which all copies of it have in common.
SpliceCache& splices_of(const Wheel& wheel);

}  // namespace wheelfix
