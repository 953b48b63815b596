#include "base/growing_file_hash.hpp"

#include <algorithm>
#include <utility>

#include "base/background.hpp"
#include "base/hash.hpp"
#include "base/workers.hpp"

namespace wheelfix {

namespace {

constexpr std::uint64_t hashed_at_once = 512 << 10;

}  // namespace

GrowingFileHash::GrowingFileHash(File file, unsigned jobs) : file_(std::move(file)) {
  digest_ = in_background(resolve_jobs(jobs) > 1, [this] { return run(); });
}

GrowingFileHash::~GrowingFileHash() {
  {
    const std::lock_guard lock(mutex_);
    is_given_up_ = true;
  }
  end();
}

void GrowingFileHash::advance(std::uint64_t size) {
  {
    const std::lock_guard lock(mutex_);
    size_ = std::max(size_, size);
  }
  changed_.notify_one();
}

std::string GrowingFileHash::finish() {
  end();
  return digest_.get();
}

void GrowingFileHash::end() {
  {
    const std::lock_guard lock(mutex_);
    is_ended_ = true;
  }
  changed_.notify_one();
}

std::string GrowingFileHash::run() {
  Hasher hasher;
  std::string buffer(hashed_at_once, '\0');
  std::uint64_t done = 0;
  while (const auto ready = wait_for_more(done)) {
    const auto size = static_cast<std::size_t>(std::min(hashed_at_once, ready));
    file_.read(done, buffer.data(), size);
    hasher.update({buffer.data(), size});
    done += size;
  }
  return hasher.finish_as_hex();
}

/// How many bytes there are after those that are done; 0 at the end.
std::uint64_t GrowingFileHash::wait_for_more(std::uint64_t done) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return size_ > done || is_ended_; });
  return is_given_up_ ? 0 : size_ - done;
}

}  // namespace wheelfix
