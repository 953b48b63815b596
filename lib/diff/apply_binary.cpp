#include "diff/apply_binary.hpp"

#include <utility>

namespace wheelfix {
namespace {

// nullopt for a delta for a file of another size.
std::optional<std::string> follow(std::string_view content, const BinaryHunk& hunk) {
  if (hunk.method == BinaryHunk::Method::literal) return hunk.data;
  if (delta_sizes(hunk.data).source != content.size()) return std::nullopt;
  return apply_delta(content, hunk.data);
}

// Whether going `there` and then `back` leads from `content` to itself.
bool returns(std::string_view content, const BinaryHunk& there, const BinaryHunk& back) {
  const auto other = follow(content, there);
  return other && follow(*other, back) == content;
}

bool is_result(std::string_view content, const BinaryHunk& forward,
               const std::optional<BinaryHunk>& backward) {
  if (forward.method == BinaryHunk::Method::literal) return forward.data == content;
  return backward && returns(content, *backward, forward);
}

}  // namespace

BinaryChange apply_binary(std::string_view content, const BinaryHunk& forward,
                          const std::optional<BinaryHunk>& backward) {
  auto result = follow(content, forward);
  if (result && (!backward || follow(*result, *backward) == content)) {
    if (*result == content) return {BinaryOutcome::applied_already, {}};
    return {BinaryOutcome::applied, std::move(*result)};
  }
  if (is_result(content, forward, backward)) return {BinaryOutcome::applied_already, {}};
  return {};
}

}  // namespace wheelfix
