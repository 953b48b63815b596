#include "wheel/splice_cache.hpp"

#include <utility>

namespace wheelfix {

namespace {

constexpr std::uint64_t most_kept = 64 << 20;

std::uint64_t size_of(const SplicedEntry& made) {
  std::uint64_t size = 0;
  if (made.splice)
    for (const auto& piece : made.splice->pieces) size += piece.bytes.size();
  return size;
}

}  // namespace

void SpliceCache::put(const zip::Entry& entry, SplicedEntry made) {
  const auto size = size_of(made);
  const std::lock_guard lock(mutex_);
  auto& place = made_[&entry];
  if (place != nullptr) size_ -= size_of(*place);
  place.reset();
  if (size > most_kept - size_) return;
  size_ += size;
  place = std::make_shared<const SplicedEntry>(std::move(made));
}

std::shared_ptr<const SplicedEntry> SpliceCache::find(const zip::Entry& entry, const ContentEdits& edits,
                                                      Verification verification) const {
  const std::lock_guard lock(mutex_);
  const auto found = made_.find(&entry);
  if (found == made_.end() || found->second == nullptr || found->second->edits_hash != fingerprint_of(edits))
    return nullptr;
  if (!found->second->is_read_back && verification != Verification::never) return nullptr;
  return found->second;
}

}  // namespace wheelfix
