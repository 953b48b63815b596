#pragma once

#include <condition_variable>
#include <cstdint>
#include <future>
#include <mutex>
#include <string>

#include "base/file.hpp"

namespace wheelfix {

/// The SHA-256 of a file that is still being written at its end, read from the file itself: a thread follows
/// the writer, so that it costs little time if there is a processor for it.
///
/// Rejected: hashing the bytes on their way. Several threads write pieces of 256 KiB, so they would have to
/// wait for each other.
class GrowingFileHash {
 public:
  /// `jobs`: threads of the run, as for_each_parallel has it; with one, all is read in `finish`.
  GrowingFileHash(File file, unsigned jobs);
  GrowingFileHash(const GrowingFileHash&) = delete;
  GrowingFileHash& operator=(const GrowingFileHash&) = delete;
  ~GrowingFileHash();

  /// The first `size` bytes won't change any more. Calls may come from any thread and in any order.
  void advance(std::uint64_t size);
  /// The digest of all bytes up to the last `advance`, in hexadecimal. To be called once. Throws Error{io}.
  std::string finish();

 private:
  std::string run();
  std::uint64_t wait_for_more(std::uint64_t done);
  void end();

  File file_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t size_ = 0;
  bool is_ended_ = false;
  bool is_given_up_ = false;
  std::future<std::string> digest_;
};

}  // namespace wheelfix
