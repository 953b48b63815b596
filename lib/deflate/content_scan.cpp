#include "deflate/content_scan.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/byte_edit.hpp"
#include "deflate/inflate.hpp"

namespace wheelfix {

struct ContentScan::RunningDigest {
  std::uint64_t size = 0;
  std::uint32_t crc = 0;
  Hasher hasher;

  void update(std::string_view bytes) {
    size += bytes.size();
    crc = crc32(crc, bytes);
    hasher.update(bytes);
  }
  void update(const ContentEdits& edits, std::string_view piece) {
    visit_edited(edits, size, piece, [&](std::string_view part) { update(part); });
  }
};

/// A digest of the content with some edits in place.
struct ContentScan::Lane {
  ContentEdits edits;
  HashAlgorithm algorithm = HashAlgorithm::sha256;
  std::vector<RunningDigest> states = {};  ///< at each checkpoint, and the last where the walker is
};

namespace {

constexpr std::uint64_t most_checkpoints = 256;
constexpr std::uint64_t least_interval = 1 << 20;
constexpr auto nowhere = std::numeric_limits<std::uint64_t>::max();

/// The first place of the old content at which the two differ; `nowhere` if they don't.
std::uint64_t first_difference(const ContentEdits& one, const ContentEdits& other) {
  auto [a, b] = std::ranges::mismatch(one.overwrites, other.overwrites);
  const auto offset_of = [](auto at, const auto& edits) { return at == edits.end() ? nowhere : at->offset; };
  const auto first = offset_of(a, one.overwrites);
  const auto second = offset_of(b, other.overwrites);
  if (first != second || first == nowhere) return std::min(first, second);
  const auto differs = std::ranges::mismatch(a->bytes, b->bytes).in1;
  return first + static_cast<std::uint64_t>(differs - a->bytes.begin());
}

template <typename Next>
std::string collect(BlockWalker& walker, std::uint64_t offset, std::uint64_t count, Next next) {
  std::string bytes;
  bytes.reserve(std::min<std::uint64_t>(count, 16 << 20));  // what the archive states may be a lie
  for (;;) {
    const auto wanted = offset + bytes.size() - walker.piece_offset();
    if (wanted < walker.piece().size()) bytes += walker.piece().substr(wanted, count - bytes.size());
    if (bytes.size() == count) return bytes;
    next();
  }
}

}  // namespace

ContentScan::ContentScan(DeflateStream stream, HashAlgorithm recorded)
    : stream_(std::move(stream)), stated_(stream_.subject, stream_.content_size, stream_.content_crc32) {
  lanes_.push_back({.edits = {}, .algorithm = recorded});
  begin();
}

ContentScan::~ContentScan() = default;

void ContentScan::begin() {
  stated_ = StatedContent(stream_.subject, stream_.content_size, stream_.content_crc32);
  checkpoints_.clear();
  block_ = {};
  end_.reset();
  reader_.reset();
  for (auto& lane : lanes_) lane.states.assign(1, RunningDigest{.hasher = Hasher(lane.algorithm)});
  checkpoints_.emplace_back();
  for (auto& lane : lanes_) lane.states.push_back(lane.states.back());
  walker_.emplace(stream_, checkpoints_.front());
}

void ContentScan::expect(ContentEdits edits) {
  lanes_.resize(1);
  lanes_.push_back({.edits = std::move(edits), .algorithm = HashAlgorithm::sha256});
  begin();
}

void ContentScan::advance() {
  const auto step = walker_->next();
  stated_.take(step.content);
  for (auto& lane : lanes_) lane.states.back().update(lane.edits, step.content);
  if (!step.ends_block) return;
  const auto position = walker_->position();
  if (step.ends_stream) {
    stated_.end(stream_.size - (position.bit + 7) / 8);
    end_ = position;
    return;
  }
  block_ = position;
  const auto& last = checkpoints_.back().start;
  const auto passed = position.content - last.content + (position.bit - last.bit) / 8;
  if (passed >= std::max(least_interval, (stream_.content_size + stream_.size) / most_checkpoints))
    add_checkpoint();
}

void ContentScan::add_checkpoint() {
  checkpoints_.push_back({block_, std::string(walker_->window())});
  for (auto& lane : lanes_) lane.states.push_back(lane.states.back());
}

std::size_t ContentScan::checkpoint_index(std::uint64_t content) const {
  const auto next = std::ranges::upper_bound(
      checkpoints_, content, {}, [](const Checkpoint& checkpoint) { return checkpoint.start.content; });
  return static_cast<std::size_t>(next - checkpoints_.begin()) - 1;
}

const Checkpoint& ContentScan::checkpoint_before(std::uint64_t content) const {
  return checkpoints_[checkpoint_index(content)];
}

std::string ContentScan::fetch(std::uint64_t offset, std::uint64_t count) {
  if (walker_ && offset >= walker_->piece_offset())
    return collect(*walker_, offset, count, [this] { advance(); });
  while (!is_finished() && walker_->position().content < offset + count) advance();
  const auto& checkpoint = checkpoint_before(offset);
  if (!reader_ || offset < reader_->piece_offset() || reader_->position().content < checkpoint.start.content)
    reader_.emplace(stream_, checkpoint);
  return collect(*reader_, offset, count, [this] { reader_->next(); });
}

void ContentScan::finish(const std::function<void(std::uint64_t)>& scanned) {
  for (std::uint64_t reported = 0; !is_finished();) {
    advance();
    const auto read = walker_->position().bit / 8;
    if (scanned) scanned(read - std::exchange(reported, read));
  }
  walker_.reset();
  reader_.reset();
}

std::string ContentScan::hash() const {
  return Hasher(lanes_.front().states.back().hasher).finish_for_record();
}

ContentDigest ContentScan::digest_with(const ContentEdits& edits) const {
  require_within(edits, size());
  const Lane* best = nullptr;
  std::size_t from = 0;
  for (const auto& lane : lanes_) {
    if (lane.algorithm != HashAlgorithm::sha256) continue;
    const auto difference = first_difference(lane.edits, edits);
    const auto state = difference == nowhere ? checkpoints_.size() : checkpoint_index(difference);
    if (best == nullptr || state > from) {
      best = &lane;
      from = state;
    }
  }
  auto digest = best == nullptr ? RunningDigest{.hasher = Hasher()} : best->states[from];
  if (from < checkpoints_.size()) {
    BlockWalker walker(stream_, checkpoints_[from]);
    for (bool is_done = false; !is_done;) {
      const auto step = walker.next();
      digest.update(edits, step.content);
      is_done = step.ends_stream;
    }
  }
  digest.update(edits.appended);
  return {digest.size, digest.crc, digest.hasher.finish_for_record()};
}

}  // namespace wheelfix
