#include "deflate/content_scan.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

#include "base/byte_edit.hpp"
#include "deflate/inflate.hpp"
#include "deflate/ordered_walk.hpp"

namespace wheelfix {

namespace {
constexpr auto nowhere = std::numeric_limits<std::uint64_t>::max();
}

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
  bool is_apart = false;                   ///< from the first lane, whose digest it has until its first edit

  std::uint64_t first_edit() const {
    return edits.overwrites.empty() ? nowhere : edits.overwrites.front().offset;
  }
};

namespace {

constexpr std::uint64_t most_checkpoints = 256;
constexpr std::uint64_t least_interval = 1 << 20;

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

}  // namespace

ContentScan::ContentScan(DeflateStream stream, HashAlgorithm recorded,
                         std::function<void(std::uint64_t)> scanned)
    : stream_(std::move(stream)),
      scanned_(std::move(scanned)),
      stated_(stream_.subject, stream_.content_size, stream_.content_crc32) {
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
  for (auto& lane : lanes_) {
    lane.states.assign(2, RunningDigest{.hasher = Hasher(lane.algorithm)});
    lane.is_apart = lane.algorithm != lanes_.front().algorithm;
  }
  lanes_.front().is_apart = true;
  checkpoints_.emplace_back();
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
  digest(step.content);
  const auto position = walker_->position();
  report(position.bit / 8);
  if (!step.ends_block) return;
  if (step.ends_stream) {
    stated_.end(stream_.size - (position.bit + 7) / 8);
    follow_first_lane();
    end_ = position;
    return;
  }
  block_ = position;
  const auto& last = checkpoints_.back().start;
  const auto passed = position.content - last.content + (position.bit - last.bit) / 8;
  if (passed >= std::max(least_interval, (stream_.content_size + stream_.size) / most_checkpoints))
    add_checkpoint();
}

void ContentScan::digest(std::string_view piece) {
  // The first comes last, because others copy it as it is before the piece.
  for (auto lane = lanes_.rbegin(); lane != lanes_.rend(); ++lane) {
    auto& state = lane->states.back();
    if (!lane->is_apart) {
      if (lane->first_edit() >= walker_->position().content) continue;
      state = lanes_.front().states.back();
      lane->is_apart = true;
    }
    state.update(lane->edits, piece);
  }
}

void ContentScan::follow_first_lane() {
  for (auto& lane : lanes_)
    if (!lane.is_apart) lane.states.back() = lanes_.front().states.back();
}

void ContentScan::add_checkpoint() {
  follow_first_lane();
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

/// What was read before expect() isn't reported again.
void ContentScan::report(std::uint64_t read) {
  if (!scanned_ || read <= reported_) return;
  scanned_(read - std::exchange(reported_, read));
}

/// The walker, or the reader if the walker has passed `offset`, where it reads on from there or from before.
BlockWalker& ContentScan::go_near(std::uint64_t offset) {
  if (walker_ && offset >= walker_->piece_offset()) return *walker_;
  const auto& checkpoint = checkpoint_before(offset);
  if (!reader_ || offset < reader_->piece_offset() || reader_->position().content < checkpoint.start.content)
    reader_.emplace(stream_, checkpoint);
  return *reader_;
}

void ContentScan::go_on(BlockWalker& walker) {
  if (walker_ && &walker == &*walker_) {
    advance();
  } else {
    walker.next();
  }
}

std::string ContentScan::fetch(std::uint64_t offset, std::uint64_t count) {
  auto& walker = go_near(offset);
  // The walker goes first, so that the reader meets nothing that wasn't checked.
  if (walker_ && &walker != &*walker_)
    while (!is_finished() && walker_->position().content < offset + count) advance();
  std::string bytes;
  bytes.reserve(std::min<std::uint64_t>(count, 16 << 20));  // what the archive states may be a lie
  for (;; go_on(walker)) {
    const auto wanted = offset + bytes.size() - walker.piece_offset();
    if (wanted < walker.piece().size()) bytes += walker.piece().substr(wanted, count - bytes.size());
    if (bytes.size() == count) return bytes;
  }
}

std::string_view ContentScan::glance(std::uint64_t offset) {
  auto& walker = go_near(offset);
  while (offset >= walker.position().content) go_on(walker);
  return walker.piece().substr(offset - walker.piece_offset());
}

void ContentScan::finish() {
  while (!is_finished()) advance();
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
    walk_in_order(stream_, std::span(checkpoints_).subspan(from), *end_, threads_,
                  [&](std::string_view piece) { digest.update(edits, piece); });
  }
  digest.update(edits.appended);
  return {digest.size, digest.crc, digest.hasher.finish_for_record()};
}

}  // namespace wheelfix
