#pragma once

#include <algorithm>
#include <mutex>
#include <utility>

namespace wheelfix {

/// Threads that workers may start beside themselves, for all of them together: whoever comes first gets most.
class ThreadBudget {
 public:
  explicit ThreadBudget(unsigned count) : left_(count) {}

  /// Some of them, until it is destroyed.
  class Share {
   public:
    Share(Share&& other) noexcept : budget_(other.budget_), count_(std::exchange(other.count_, 0)) {}
    Share& operator=(Share&&) = delete;
    ~Share() { budget_.give_back(count_); }

    unsigned count() const { return count_; }

   private:
    friend class ThreadBudget;
    Share(ThreadBudget& budget, unsigned count) : budget_(budget), count_(count) {}

    ThreadBudget& budget_;
    unsigned count_;
  };

  /// Up to `most`; possibly none.
  Share take(unsigned most) {
    const std::lock_guard lock(mutex_);
    const auto count = std::min(most, left_);
    left_ -= count;
    return {*this, count};
  }

 private:
  void give_back(unsigned count) {
    const std::lock_guard lock(mutex_);
    left_ += count;
  }

  std::mutex mutex_;
  unsigned left_;
};

}  // namespace wheelfix
