#include "deflate/splice.hpp"

#include <algorithm>
#include <utility>

#include "base/byte_edit.hpp"
#include "deflate/run_encoder.hpp"

namespace wheelfix {

namespace {

class Splicer {
 public:
  Splicer(const ContentScan& scan, const ContentEdits& edits, const std::vector<DirtyRun>& runs)
      : scan_(scan), stream_(scan.stream()), edits_(edits), runs_(runs) {
    // The stream's last block is no longer the last if it stays and bytes are appended.
    if (!runs.empty() && runs.back().begin == scan.end()) cleared_bit_ = scan.last_block().bit;
  }

  Splice run() {
    for (const auto& run : runs_) {
      copy_to(run.begin.bit / 8);
      encode(run);
    }
    copy_to(stream_.size);
    result_.content = scan_.digest_with(edits_);
    return std::move(result_);
  }

 private:
  void encode(const DirtyRun& run) {
    const auto begin_phase = static_cast<unsigned>(run.begin.bit % 8);
    const auto begin_bits = begin_phase == 0 ? 0 : source_byte(run.begin.bit / 8) & ((1U << begin_phase) - 1);
    BlockWalker walker(stream_, scan_.checkpoint_before(run.begin.content));
    walker.skip_to(run.begin);
    // The 32 KiB before a run have no edits: a clean block before it is clean because these are further away.
    RunEncoder encoder(walker.window(), begin_phase, begin_bits);
    while (walker.position().bit < run.end.bit) {
      walker.next();
      visit_edited(edits_, walker.piece_offset(), walker.piece(),
                   [&](std::string_view part) { encoder.add(part); });
    }
    Splice::Run placed{.old = run, .begin_bit = result_.size * 8 + begin_phase, .end_bit = 0};
    if (run.ends_stream) {
      encoder.add(edits_.appended);
      put(encoder.end_stream());
      at_ = stream_.size;
      placed.end_bit = result_.size * 8;
    } else {
      const auto end_phase = static_cast<unsigned>(run.end.bit % 8);
      auto bytes = encoder.end_at(end_phase);
      at_ = run.end.bit / 8;
      if (end_phase > 0)
        bytes.back() = static_cast<char>(static_cast<unsigned char>(bytes.back()) |
                                         source_byte(at_++) >> end_phase << end_phase);
      put(std::move(bytes));
      placed.end_bit = result_.size * 8 - (8 - end_phase) % 8;
    }
    result_.runs.push_back(placed);
  }

  unsigned source_byte(std::uint64_t at) const {
    char byte = 0;
    stream_.file->read(stream_.offset + at, &byte, 1);
    unsigned bits = static_cast<unsigned char>(byte);
    if (cleared_bit_ && *cleared_bit_ / 8 == at) bits &= ~(1U << *cleared_bit_ % 8);
    return bits;
  }

  void copy_to(std::uint64_t end) {
    if (cleared_bit_ && *cleared_bit_ / 8 >= at_ && *cleared_bit_ / 8 < end) {
      copy(*cleared_bit_ / 8);
      put(std::string(1, static_cast<char>(source_byte(at_++))));
    }
    copy(end);
  }

  void copy(std::uint64_t end) {
    if (end > at_) result_.pieces.push_back({.offset = stream_.offset + at_, .size = end - at_, .bytes = {}});
    result_.size += end - at_;
    at_ = end;
  }

  void put(std::string bytes) {
    const auto size = bytes.size();
    result_.size += size;
    result_.pieces.push_back({.offset = 0, .size = size, .bytes = std::move(bytes)});
  }

  const ContentScan& scan_;
  const DeflateStream& stream_;
  const ContentEdits& edits_;
  const std::vector<DirtyRun>& runs_;
  std::optional<std::uint64_t> cleared_bit_;
  std::uint64_t at_ = 0;  ///< bytes of the old stream that are done
  Splice result_;
};

}  // namespace

std::uint64_t total_size(const std::vector<SplicePiece>& pieces) {
  std::uint64_t size = 0;
  for (const auto& piece : pieces) size += piece.size;
  return size;
}

std::uint64_t worth_splicing(std::uint64_t content_size) {
  return std::min<std::uint64_t>(content_size / 4, 64 << 20);
}

std::optional<Splice> splice(const ContentScan& scan, const ContentEdits& edits, std::uint64_t most) {
  require_within(edits, scan.size());
  const auto runs = find_dirty_runs(scan, edits, most);
  if (!runs || edits.appended.size() > most) return std::nullopt;
  return Splicer(scan, edits, *runs).run();
}

std::optional<Splice> splice(const ContentScan& scan, const ContentEdits& edits) {
  return splice(scan, edits, worth_splicing(scan.size()));
}

}  // namespace wheelfix
