#include "base/workers.hpp"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace wheelfix {

unsigned resolve_jobs(unsigned jobs) {
  if (jobs > 0) return jobs;
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0)
    return static_cast<unsigned>(std::max(1, CPU_COUNT(&allowed)));
  return std::max(1U, std::thread::hardware_concurrency());
}

namespace {

/// One less than `wanted`, because the caller's thread is one, or as many as the system allows.
void start_helpers(std::size_t wanted, const std::function<void()>& run, std::vector<std::jthread>& threads) {
  try {
    for (std::size_t i = 1; i < wanted; ++i) threads.emplace_back(run);
  } catch (const std::system_error&) {  // a limit on processes or memory: those that run do it all
  }
}

}  // namespace

void for_each_parallel(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::size_t failed_at = count;
  std::exception_ptr failure;
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        work(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        next = count;
        if (i < failed_at) {
          failed_at = i;
          failure = std::current_exception();
        }
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    start_helpers(std::min<std::size_t>(resolve_jobs(jobs), count), run, threads);
    run();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace wheelfix
