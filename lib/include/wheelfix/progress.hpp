#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#pragma GCC visibility push(default)
namespace wheelfix {

/// How far a long operation has come. `done` and `total` are bytes.
struct Progress {
  std::string_view activity;  ///< "writing", "checking"; valid during the call only
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};

/// Called now and then by long operations, on the thread that called them or on one of their workers, never
/// on two at once. Return false to cancel: the operation leaves nothing behind and throws
/// Error{ErrorCode::cancelled}.
using ProgressCallback = std::function<bool(const Progress&)>;

}  // namespace wheelfix
#pragma GCC visibility pop
