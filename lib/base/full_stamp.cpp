#include "base/full_stamp.hpp"

#include <algorithm>
#include <ctime>

namespace wheelfix {
namespace {

constexpr std::int64_t nanoseconds_of_second = 1'000'000'000;

std::int64_t nanoseconds(const struct timespec& time) {
  return time.tv_sec * nanoseconds_of_second + time.tv_nsec;
}

}  // namespace

FullStamp full_stamp_of(const struct stat& status) {
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .size = static_cast<std::uint64_t>(status.st_size),
          .modified = nanoseconds(status.st_mtim),
          .changed = nanoseconds(status.st_ctim)};
}

std::int64_t time_now() {
  struct timespec now {};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return nanoseconds(now);
}

bool is_settled(const FullStamp& stamp, std::int64_t now) {
  return now - std::max(stamp.modified, stamp.changed) >= 2 * nanoseconds_of_second;
}

}  // namespace wheelfix
