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

/// Passes content to the given function, in pieces, front to back.
using PieceSink = std::function<void(std::string_view)>;
using PieceSource = std::function<void(const PieceSink&)>;

/// Content without a name in any folder, as another process's standard input. Throws std::system_error if
/// there is no memory for it, and what `source` throws.
class MemoryFile {
 public:
  explicit MemoryFile(const PieceSource& source);

  int fd() const noexcept { return descriptor_.get(); }
  std::uint64_t size() const noexcept { return size_; }

 private:
  Descriptor descriptor_;
  std::uint64_t size_ = 0;
};

/// What a process may do before it is killed, and what it is given.
struct HelperLimits {
  std::chrono::milliseconds time{10'000};  ///< wall-clock time
  std::uint64_t output = 1 << 20;          ///< bytes on its standard output
  std::vector<std::string> environment = {};  ///< `NAME=value`; an empty one unless given
};

/// How a process ended.
struct HelperEnd {
  enum class Kind {
    not_started,
    exited,
    killed,
    took_too_long,  ///< and was killed by us, like the next
    said_too_much,
  };

  Kind kind = Kind::exited;
  int number = 0;      ///< errno, the exit status, or the signal
  std::string output;  ///< all of it; if it was killed, what it wrote before
};

/// Runs `program` with `input` on its standard input, standard error thrown away, that environment and no
/// other descriptor. It doesn't outlive the call, unless it forks. Safe on several threads at once. Throws
/// std::system_error if there are no pipes.
HelperEnd run_helper(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                     const MemoryFile& input, const HelperLimits& limits);

/// Runs `work` in a fork of this process, for code that may crash or hang and isn't a program of its own.
/// What it passes to its sink is the output, so what it wrote before a crash is kept. Returning is exit
/// status 0, an exception 1. Standard input, output and error are /dev/null, and no other descriptor is open
/// in it. It has no other threads, so it must not wait for one. A process that the kernel can't end, because
/// a driver holds it, is left behind. Throws std::system_error if there are no pipes.
HelperEnd run_in_child(const std::function<void(const PieceSink&)>& work, const HelperLimits& limits);

}  // namespace wheelfix
