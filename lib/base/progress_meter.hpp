#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <wheelfix/progress.hpp>

namespace wheelfix {

/// Adds up what workers have done and passes it to a ProgressCallback, at most ten times a second. Safe to
/// share between threads.
class ProgressMeter {
 public:
  ProgressMeter(std::string activity, std::uint64_t total, const ProgressCallback& callback);

  /// Throws Error{cancelled} once the callback has returned false.
  void add(std::uint64_t bytes);
  /// Asks the callback once more, however short the work was, so that no wish to cancel it is lost. Throws as
  /// add.
  void finish();

 private:
  std::mutex mutex_;
  std::string activity_;
  const ProgressCallback& callback_;
  std::uint64_t total_;
  std::uint64_t done_ = 0;
  bool cancelled_ = false;
  std::chrono::steady_clock::time_point reported_{};
};

}  // namespace wheelfix
