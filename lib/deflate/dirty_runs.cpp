#include "deflate/dirty_runs.hpp"

#include <optional>

namespace wheelfix {

namespace {

/// How far a back-reference reaches (RFC 1951, section 3.2.5).
constexpr std::uint64_t reach = 32768;

class RunFinder {
 public:
  RunFinder(const ContentScan& scan, const std::vector<ByteEdit>& edits, std::uint64_t most)
      : scan_(scan), edits_(edits), most_(most) {}

  /// False if there is too much.
  bool run() {
    while (next_ < edits_.size()) {
      if (!add_run()) return false;
    }
    return true;
  }

  std::vector<DirtyRun> runs;

 private:
  bool add_run() {
    const auto edit = edits_[next_].offset;
    go_near(edit);
    DirtyRun run{.begin = block_, .end = {}};
    for (std::uint64_t clean_from = 0;;) {
      const auto step = walker_->next();
      const auto position = walker_->position();
      if (position.content > edit && passed_ + position.content - run.begin.content > most_) return false;
      if (!step.ends_block) continue;
      block_ = position;
      if (position.content <= edit && !step.ends_stream) {
        run.begin = position;
        continue;
      }
      for (; next_ < edits_.size() && edits_[next_].offset <= position.content; ++next_)
        clean_from = edits_[next_].offset + edits_[next_].bytes.size() + reach;
      if (!step.ends_stream && position.content < clean_from) continue;
      run.end = position;
      run.ends_stream = step.ends_stream;
      break;
    }
    passed_ += run.end.content - run.begin.content;
    if (!runs.empty() && runs.back().end == run.begin) {
      run.begin = runs.back().begin;
      runs.pop_back();
    }
    runs.push_back(run);
    return true;
  }

  /// Goes to a block's beginning that is not after `content`: where the last run ended, or a checkpoint
  /// further on.
  void go_near(std::uint64_t content) {
    const auto& checkpoint = scan_.checkpoint_before(content);
    if (walker_ && checkpoint.start.bit <= block_.bit) return;
    walker_.emplace(scan_.stream(), checkpoint);
    block_ = checkpoint.start;
  }

  const ContentScan& scan_;
  const std::vector<ByteEdit>& edits_;
  const std::uint64_t most_;
  std::uint64_t passed_ = 0;
  std::size_t next_ = 0;
  std::optional<BlockWalker> walker_;
  BlockStart block_;
};

}  // namespace

std::optional<std::vector<DirtyRun>> find_dirty_runs(const ContentScan& scan, const ContentEdits& edits,
                                                     std::uint64_t most) {
  RunFinder finder(scan, edits.overwrites, most);
  if (!finder.run()) return std::nullopt;
  auto runs = std::move(finder.runs);
  if (!edits.appended.empty() && (runs.empty() || !runs.back().ends_stream))
    runs.push_back({.begin = scan.end(), .end = scan.end(), .ends_stream = true});
  return runs;
}

}  // namespace wheelfix
