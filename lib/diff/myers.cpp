#include "diff/myers.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

namespace wheelfix {

namespace {

using Index = std::ptrdiff_t;

constexpr Index unreached = std::numeric_limits<Index>::min() / 2;
constexpr Index least_cost_limit = 256;

struct Point {
  Index x = 0;
  Index y = 0;
};

// The part of both sides between two points of the edit graph.
struct Box {
  Point from;
  Point to;

  Index width() const { return to.x - from.x; }
  Index height() const { return to.y - from.y; }
};

// A breadth-first search from one corner of a box: on each diagonal k = x - y the furthest x that `edits`
// edits reach.
class Front {
 public:
  explicit Front(Index capacity) : furthest_(static_cast<std::size_t>(capacity)) {}

  void start(const Box& box) {
    width_ = box.width();
    height_ = box.height();
    edits_ = 0;
    at(0) = 0;
  }

  // One more edit. `same(x, y)` compares lines at a distance from the corner. Returns the first point for
  // which `met` is true.
  template <class Same, class Met>
  std::optional<Point> advance(Same same, Met met) {
    ++edits_;
    if (edits_ <= height_) at(-edits_ - 1) = unreached;
    if (edits_ <= width_) at(edits_ + 1) = unreached;
    for (Index k = lowest(); k <= highest(); k += 2) {
      Index x = step_to(k);
      if (x >= 0) {
        while (x < width_ && x - k < height_ && same(x, x - k)) ++x;
      }
      at(k) = x;
      if (x >= 0 && met(k, x)) return Point{x, x - k};
    }
    return std::nullopt;
  }

  bool has(Index k) const { return k >= -edits_ && k <= edits_; }
  Index x_on(Index k) const { return furthest_[static_cast<std::size_t>(k + height_ + 1)]; }

  Point furthest() const {
    Point best{unreached, 0};
    for (Index k = lowest(); k <= highest(); k += 2) {
      const Index x = x_on(k);
      if (x >= 0 && x + x - k > best.x + best.y) best = {x, x - k};
    }
    return best;
  }

 private:
  Index& at(Index k) { return furthest_[static_cast<std::size_t>(k + height_ + 1)]; }
  Index lowest() const { return edits_ <= height_ ? -edits_ : -height_ + (edits_ - height_) % 2; }
  Index highest() const { return edits_ <= width_ ? edits_ : width_ - (edits_ - width_) % 2; }

  // The better of one step right and one step down, within the box.
  Index step_to(Index k) const {
    const Index left = x_on(k - 1);
    const Index above = x_on(k + 1);
    return std::max(left < width_ ? left + 1 : unreached, above - k <= height_ ? above : unreached);
  }

  std::vector<Index> furthest_;
  Index width_ = 0;
  Index height_ = 0;
  Index edits_ = 0;
};

class Comparison {
 public:
  Comparison(LineIds before, LineIds after)
      : before_(before),
        after_(after),
        forward_(std::ssize(before) + std::ssize(after) + 3),
        backward_(std::ssize(before) + std::ssize(after) + 3),
        cost_limit_(std::max(least_cost_limit, static_cast<Index>(std::sqrt(
                                                   static_cast<double>(before.size() + after.size()))))),
        changed_{std::vector<bool>(before.size()), std::vector<bool>(after.size())} {}

  ChangedLines run() {
    std::vector<Box> todo{{{0, 0}, {std::ssize(before_), std::ssize(after_)}}};
    while (!todo.empty()) {
      const Box box = trimmed(todo.back());
      todo.pop_back();
      if (box.width() == 0 || box.height() == 0) {
        mark(box);
        continue;
      }
      const Point middle = split(box);
      todo.push_back({box.from, middle});
      todo.push_back({middle, box.to});
    }
    return std::move(changed_);
  }

 private:
  bool same(Index x, Index y) const {
    return before_[static_cast<std::size_t>(x)] == after_[static_cast<std::size_t>(y)];
  }

  Box trimmed(Box box) const {
    while (box.width() > 0 && box.height() > 0 && same(box.from.x, box.from.y)) ++box.from.x, ++box.from.y;
    while (box.width() > 0 && box.height() > 0 && same(box.to.x - 1, box.to.y - 1)) --box.to.x, --box.to.y;
    return box;
  }

  void mark(const Box& box) {
    std::fill(changed_.removed.begin() + box.from.x, changed_.removed.begin() + box.to.x, true);
    std::fill(changed_.added.begin() + box.from.y, changed_.added.begin() + box.to.y, true);
  }

  // A point on a short path, not a corner, of a trimmed box that has lines on both sides.
  Point split(const Box& box) {
    const Index width = box.width();
    const Index delta = width - box.height();
    const bool odd = delta % 2 != 0;
    const auto forward_same = [&](Index x, Index y) { return same(box.from.x + x, box.from.y + y); };
    const auto backward_same = [&](Index x, Index y) { return same(box.to.x - 1 - x, box.to.y - 1 - y); };
    const auto meets = [&](const Front& other) {
      return [&other, delta, width](Index k, Index x) {
        return other.has(delta - k) && x + other.x_on(delta - k) >= width;
      };
    };
    const auto never = [](Index, Index) { return false; };
    forward_.start(box);
    backward_.start(box);
    for (Index cost = 1;; ++cost) {
      const auto ahead =
          odd ? forward_.advance(forward_same, meets(backward_)) : forward_.advance(forward_same, never);
      if (ahead) return {box.from.x + ahead->x, box.from.y + ahead->y};
      const auto back =
          odd ? backward_.advance(backward_same, never) : backward_.advance(backward_same, meets(forward_));
      if (back) return {box.to.x - back->x, box.to.y - back->y};
      if (cost >= cost_limit_) return furthest_split(box);
    }
  }

  Point furthest_split(const Box& box) const {
    const Point ahead = forward_.furthest();
    const Point back = backward_.furthest();
    if (ahead.x + ahead.y >= back.x + back.y) return {box.from.x + ahead.x, box.from.y + ahead.y};
    return {box.to.x - back.x, box.to.y - back.y};
  }

  LineIds before_;
  LineIds after_;
  Front forward_;
  Front backward_;
  Index cost_limit_;
  ChangedLines changed_;
};

}  // namespace

ChangedLines changed_lines(LineIds before, LineIds after) {
  return Comparison(before, after).run();
}

}  // namespace wheelfix
