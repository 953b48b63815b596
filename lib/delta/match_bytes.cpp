#include "delta/match_bytes.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <utility>
#include <wheelfix/error.hpp>

namespace wheelfix {

namespace {

constexpr std::uint64_t key_size = 8;
constexpr std::uint64_t least_match = 32;
constexpr std::uint64_t read_at_once = 64 << 10;

std::uint64_t key_at(const char* bytes) {
  std::uint64_t key = 0;
  std::memcpy(&key, bytes, key_size);
  return key;
}

std::uint64_t equal_beginning(const ByteRange& a, const ByteRange& b) {
  std::uint64_t same = 0;
  const auto most = std::min(a.end - a.begin, b.end - b.begin);
  while (same < most) {
    const auto one = a.bytes.skim(a.begin + same), other = b.bytes.skim(b.begin + same);
    const auto size = std::min<std::uint64_t>({one.size(), other.size(), most - same});
    const auto differs =
        std::mismatch(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(size), other.begin());
    const auto equal = static_cast<std::uint64_t>(differs.first - one.begin());
    same += equal;
    if (equal < size) break;
  }
  return same;
}

std::uint64_t equal_end(const ByteRange& a, const ByteRange& b, std::uint64_t most) {
  most = std::min({most, a.end - a.begin, b.end - b.begin});
  std::uint64_t same = 0;
  while (same < most) {
    const auto size = std::min(read_at_once, most - same);
    const auto one = a.bytes.read(a.end - same - size, size), other = b.bytes.read(b.end - same - size, size);
    const auto differs = std::mismatch(one.rbegin(), one.rend(), other.rbegin());
    const auto equal = static_cast<std::uint64_t>(differs.first - one.rbegin());
    same += equal;
    if (equal < size) break;
  }
  return same;
}

/// Where the blocks of the old bytes begin, by their first bytes.
class Blocks {
 public:
  Blocks(const ByteRange& range, std::uint64_t block) : is_used_(filter_size) {
    for (auto at = range.begin; at + std::max(block, least_match) <= range.end; at += block) {
      const auto key = key_at(range.bytes.read(at, key_size).data());
      places_.emplace_back(key, at);
      is_used_[slot(key)] = true;
    }
    std::ranges::sort(places_);
  }

  /// The first of those that begin so.
  std::optional<std::uint64_t> find(std::uint64_t key) const {
    if (!is_used_[slot(key)]) return std::nullopt;
    const auto found = std::ranges::lower_bound(places_, std::pair(key, std::uint64_t{0}));
    if (found == places_.end() || found->first != key) return std::nullopt;
    return found->second;
  }

 private:
  static constexpr std::size_t filter_size = 1 << 20;
  static std::size_t slot(std::uint64_t key) { return key * 0x9E3779B97F4A7C15 >> 44; }

  std::vector<std::pair<std::uint64_t, std::uint64_t>> places_;
  std::vector<bool> is_used_;
};

class Matcher {
 public:
  Matcher(const ByteRange& old, const ByteRange& now, std::uint64_t block, std::uint64_t most_new)
      : old_(old), now_(now), block_(block), most_new_(most_new) {}

  std::vector<MatchedRun> run() {
    done_ = now_.begin;
    const auto beginning = equal_beginning(old_, now_);
    add(done_, old_.begin, beginning);
    const ByteRange old_rest{old_.bytes, old_.begin + beginning, old_.end}, rest{now_.bytes, done_, now_.end};
    const auto end = equal_end(old_rest, rest, now_.end - done_);
    search({old_.bytes, old_rest.begin, old_.end - end}, now_.end - end);
    add(now_.end - end, old_.end - end, end);
    return std::move(runs_);
  }

 private:
  /// The new bytes up to `at`, and then `size` old ones from `offset`.
  void add(std::uint64_t at, std::uint64_t offset, std::uint64_t size) {
    if (at == done_ && size == 0) return;
    if (at - done_ > most_new_)
      throw Error(ErrorCode::limit_exceeded, "the wheels", "have too little in common for a delta",
                  "keep the new wheel itself");
    most_new_ -= at - done_;
    auto bytes = now_.bytes.read(done_, at - done_);
    done_ = at + size;
    if (bytes.empty() && !runs_.empty() && runs_.back().offset + runs_.back().size == offset) {
      runs_.back().size += size;
    } else {
      runs_.push_back({.bytes = std::move(bytes), .offset = offset, .size = size});
    }
  }

  void search(const ByteRange& old, std::uint64_t end) {
    if (end - done_ < least_match || old.end - old.begin < least_match) return;
    const Blocks blocks(old, block_);
    for (auto at = done_; at + least_match <= end;) at = search_window(old, blocks, at, end);
  }

  /// Returns where to go on.
  std::uint64_t search_window(const ByteRange& old, const Blocks& blocks, std::uint64_t at,
                              std::uint64_t end) {
    const auto window = now_.bytes.read(at, std::min(read_at_once, end - at));
    for (std::size_t i = 0; i + key_size <= window.size(); ++i) {
      const auto found = blocks.find(key_at(window.data() + i));
      if (!found) continue;
      const ByteRange here{now_.bytes, at + i, end};
      const auto size = equal_beginning({old.bytes, *found, old.end}, here);
      if (size < least_match) continue;
      const auto before = equal_end({old.bytes, old.begin, *found}, {now_.bytes, done_, here.begin}, block_);
      add(here.begin - before, *found - before, before + size);
      return done_;
    }
    return window.size() < read_at_once ? end : at + window.size() - key_size + 1;
  }

  ByteRange old_, now_;
  std::uint64_t block_;
  std::uint64_t most_new_;
  std::uint64_t done_ = 0;
  std::vector<MatchedRun> runs_;
};

}  // namespace

std::vector<MatchedRun> match_bytes(const ByteRange& old, const ByteRange& now, std::uint64_t block,
                                    std::uint64_t most_new) {
  return Matcher(old, now, block, most_new).run();
}

bool are_equal(const ByteRange& a, const ByteRange& b) {
  const auto size = a.end - a.begin;
  return size == b.end - b.begin && equal_beginning(a, b) == size;
}

}  // namespace wheelfix
