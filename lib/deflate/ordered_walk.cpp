#include "deflate/ordered_walk.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/workers.hpp"
#include "deflate/block_walker.hpp"

namespace wheelfix {

namespace {

constexpr std::uint64_t most_held = 16 << 20;

class OrderedWalk {
 public:
  using Visit = std::function<void(std::string_view)>;

  OrderedWalk(const DeflateStream& stream, std::span<const Checkpoint> checkpoints, const BlockStart& end,
              const Visit& visit)
      : stream_(stream), checkpoints_(checkpoints), end_(end), visit_(visit) {}

  void run(unsigned threads) {
    failed_at_ = checkpoints_.size();
    for_each_parallel(checkpoints_.size(), threads, [&](std::size_t part) {
      try {
        walk(part, threads == 1 || content_size(part) > most_held);
      } catch (...) {
        fail(part);
        throw;
      }
    });
  }

 private:
  const BlockStart& end_of(std::size_t part) const {
    return part + 1 == checkpoints_.size() ? end_ : checkpoints_[part + 1].start;
  }
  std::uint64_t content_size(std::size_t part) const {
    return end_of(part).content - checkpoints_[part].start.content;
  }

  void walk(std::size_t part, bool visits_pieces) {
    if (visits_pieces) {
      if (!wait_for_turn(part)) return;
      inflate(part, visit_);
    } else {
      auto held = take_buffer();
      inflate(part, [&](std::string_view piece) { held += piece; });
      if (!wait_for_turn(part)) return;
      visit_(held);
      const std::lock_guard lock(mutex_);
      buffers_.push_back(std::move(held));
    }
    const std::lock_guard lock(mutex_);
    ++turn_;
    changed_.notify_all();
  }

  /// One that was used before, because new memory costs time.
  std::string take_buffer() {
    const std::lock_guard lock(mutex_);
    if (buffers_.empty()) return {};
    auto buffer = std::move(buffers_.back());
    buffers_.pop_back();
    buffer.clear();
    return buffer;
  }

  void inflate(std::size_t part, const Visit& visit) const {
    BlockWalker walker(stream_, checkpoints_[part]);
    while (walker.position().bit < end_of(part).bit) {
      walker.next();
      visit(walker.piece());
    }
  }

  /// False if an earlier part failed, so that the turn never comes.
  bool wait_for_turn(std::size_t part) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return turn_ == part || failed_at_ < part; });
    return turn_ == part;
  }

  void fail(std::size_t part) {
    const std::lock_guard lock(mutex_);
    failed_at_ = std::min(failed_at_, part);
    changed_.notify_all();
  }

  const DeflateStream& stream_;
  const std::span<const Checkpoint> checkpoints_;
  const BlockStart& end_;
  const Visit& visit_;
  std::mutex mutex_;
  std::vector<std::string> buffers_;
  std::condition_variable changed_;
  std::size_t turn_ = 0;
  std::size_t failed_at_ = 0;
};

}  // namespace

void walk_in_order(const DeflateStream& stream, std::span<const Checkpoint> checkpoints,
                   const BlockStart& end, unsigned threads,
                   const std::function<void(std::string_view)>& visit) {
  OrderedWalk(stream, checkpoints, end, visit).run(threads);
}

}  // namespace wheelfix
