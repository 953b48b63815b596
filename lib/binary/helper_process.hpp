#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"

namespace wheelfix {

/// Gives some content to the function that it gets, in pieces, front to back.
using PieceSink = std::function<void(std::string_view)>;
using PieceSource = std::function<void(const PieceSink&)>;

/// Content without a name in any folder, to be another process's standard input. Throws std::system_error
/// if there is no memory for it, and what `source` throws.
class MemoryFile {
 public:
  explicit MemoryFile(const PieceSource& source);

  int fd() const noexcept { return descriptor_.get(); }
  std::uint64_t size() const noexcept { return size_; }

 private:
  Descriptor descriptor_;
  std::uint64_t size_ = 0;
};

/// What is done to a process that doesn't end by itself.
struct HelperLimits {
  std::chrono::milliseconds time{10'000};  ///< by the clock on the wall
  std::uint64_t output = 1 << 20;          ///< bytes on its standard output
};

/// How a process ended.
struct HelperEnd {
  enum class Kind {
    not_started,
    exited,
    killed,
    took_too_long,  ///< and was killed by us, as in the next
    said_too_much,
  };

  Kind kind = Kind::exited;
  int number = 0;      ///< errno, the exit status, or the signal
  std::string output;  ///< all of it; of one that was killed what it said before
};

/// Runs `program` with `input` on its standard input, standard error thrown away, an empty environment and no
/// other descriptor. It doesn't outlive the call, unless it runs away from its own process. Safe on several
/// threads at once. Throws std::system_error if pipes can't be had.
HelperEnd run_helper(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                     const MemoryFile& input, const HelperLimits& limits);

/// Runs `work` in a copy of this process, for what may crash or hang and is no program of its own. What it
/// hands to its sink is the output, so that what it said before a crash is kept; it returning is exit status
/// 0, an exception 1. Standard input, output and error are /dev/null and no other descriptor is open in it.
/// It runs beside no other thread, so it must not wait for one. A process that the kernel can't end, for a
/// driver holds it, is left behind. Throws std::system_error if pipes can't be had.
HelperEnd run_in_child(const std::function<void(const PieceSink&)>& work, const HelperLimits& limits);

}  // namespace wheelfix
