#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <wheelfix/diff.hpp>

#include "diff/git_binary_decode.hpp"

namespace wheelfix {

enum class BinaryOutcome { applied, applied_already, other_file };

struct BinaryChange {
  BinaryOutcome outcome = BinaryOutcome::other_file;
  std::string content;  ///< only if it was applied
};

/// Applies `forward` to `content`. If the patch has the reverse, that proves that `content` is the file it
/// was made for: it must lead from the result to `content`. Throws DamagedBinary for an inconsistent delta.
BinaryChange apply_binary(std::string_view content, const BinaryHunk& forward,
                          const std::optional<BinaryHunk>& backward);

}  // namespace wheelfix
