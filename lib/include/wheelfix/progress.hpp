#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#pragma GCC visibility push(default)
namespace wheelfix {

/// The progress of a long operation. `done` and `total` are bytes.
struct Progress {
  std::string_view activity;  ///< "writing", "checking"; valid only during the call
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};

/// Called by long operations from time to time, on the thread that called them or on one of their workers,
/// never on two at once. Return false to cancel: the operation leaves nothing behind and throws
/// Error{ErrorCode::cancelled}.
using ProgressCallback = std::function<bool(const Progress&)>;

}  // namespace wheelfix
#pragma GCC visibility pop
