#pragma once

#include <future>
#include <system_error>

namespace wheelfix {

/// Runs `work` on a thread of its own, if that is wanted and the system allows it; else when the result is
/// requested. The future's destructor waits for the thread.
template <class Work>
auto in_background(bool wants_thread, const Work& work) {
  try {
    if (wants_thread) return std::async(std::launch::async, work);
  } catch (const std::system_error&) {  // a limit on processes or memory
  }
  return std::async(std::launch::deferred, work);
}

}  // namespace wheelfix
