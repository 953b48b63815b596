#pragma once

#include <cstddef>
#include <functional>

namespace wheelfix {

/// The number of threads that `jobs` means: 0 stands for one per processor that this process may use.
unsigned resolve_jobs(unsigned jobs);

/// Calls `work(i)` for each i below `count`, on up to `jobs` threads, handed out in order. Returns when all
/// are done. After one throws no more are started, and the exception of the lowest i is thrown, so that an
/// error doesn't depend on timing.
void for_each_parallel(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& work);

}  // namespace wheelfix
