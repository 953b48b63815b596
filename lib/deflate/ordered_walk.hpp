#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "deflate/deflate_stream.hpp"

namespace wheelfix {

/// Inflates a stream from the first of the checkpoints to `end` on up to `threads` threads, each from one
/// checkpoint to the next, and calls `visit` with the content, in order and never twice at once. Holds up to
/// 16 MB for each thread; what is longer between two checkpoints is visited while it is inflated. Throws
/// Error{bad_archive}.
void walk_in_order(const DeflateStream& stream, std::span<const Checkpoint> checkpoints,
                   const BlockStart& end, unsigned threads,
                   const std::function<void(std::string_view)>& visit);

}  // namespace wheelfix
