#pragma once

#include <sys/types.h>

#include <cstdint>

namespace lief_helper {

/// What this process may use, 0 for no limit.
struct Limits {
  std::uint64_t memory = 0;  ///< bytes of address space; not kept under a sanitizer, which reserves terabytes
  std::uint64_t seconds = 0;  ///< of CPU time
  pid_t parent = 0;           ///< ends with it, if given
};

/// The exit status of a process that was refused memory.
constexpr int out_of_memory = 12;

/// Gives up all that reading a library doesn't need, for good: what the library's bytes may make LIEF do is
/// bounded by the limits, and no file can be written, no process started or signalled, nothing sent but over
/// open descriptors. If the kernel knows no seccomp the limits alone hold.
void enter_sandbox(const Limits& limits);

}  // namespace lief_helper
