#include "base/progress_meter.hpp"

#include <utility>
#include <wheelfix/error.hpp>

namespace wheelfix {

ProgressMeter::ProgressMeter(std::string activity, std::uint64_t total, const ProgressCallback& callback)
    : activity_(std::move(activity)), callback_(callback), total_(total) {}

void ProgressMeter::add(std::uint64_t bytes) {
  if (!callback_) return;
  const std::lock_guard lock(mutex_);
  done_ += bytes;
  const auto now = std::chrono::steady_clock::now();
  if (!cancelled_ && now - reported_ >= std::chrono::milliseconds(100)) {
    reported_ = now;
    cancelled_ = !callback_({activity_, done_, total_});
  }
  if (cancelled_) throw Error(ErrorCode::cancelled, "", activity_ + " was cancelled");
}

void ProgressMeter::finish() {
  {
    const std::lock_guard lock(mutex_);
    reported_ = {};
  }
  add(0);
}

}  // namespace wheelfix
