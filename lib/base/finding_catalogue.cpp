#include <wheelfix/finding_catalogue.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "base/findings/groups.hpp"
#include "base/text.hpp"

namespace wheelfix {
namespace {

/// How many letters are to be put in, taken out or changed to make one of the other (Levenshtein's distance).
std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < one.size(); ++i) {
    auto diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < other.size(); ++j) {
      const auto changed = diagonal + (one[i] == other[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

constexpr std::size_t longest_word = 64;  // no code has half as many letters
constexpr std::size_t most_told = 3;

/// Of a word and a code: the less, the more alike. nullopt where they aren't alike.
std::optional<std::size_t> unlikeness(std::string_view word, std::string_view code) {
  if (code.find(word) != code.npos) return 0;
  const auto changes = distance(word, code);
  if (changes > std::max<std::size_t>(2, code.size() / 3)) return std::nullopt;
  return changes;
}

}  // namespace

std::string_view to_string(FindingKind kind) noexcept {
  return kind == FindingKind::breaks ? "breaks" : "hygiene";
}

std::span<const FindingGroup> finding_catalogue() {
  static const std::array groups = findings::groups();
  return groups;
}

const FindingInfo* find_finding(std::string_view code) {
  for (const auto& group : finding_catalogue()) {
    const auto found = std::ranges::find(group.findings, code, &FindingInfo::code);
    if (found != group.findings.end()) return &*found;
  }
  return nullptr;
}

std::vector<std::string_view> codes_like(std::string_view word) {
  if (word.empty() || word.size() > longest_word) return {};
  const auto wanted = ascii_lower(word);
  std::vector<std::pair<std::size_t, std::string_view>> found;
  for (const auto& group : finding_catalogue()) {
    for (const auto& info : group.findings)
      if (const auto rank = unlikeness(wanted, info.code)) found.emplace_back(*rank, info.code);
  }
  std::ranges::stable_sort(found, {}, &std::pair<std::size_t, std::string_view>::first);
  if (found.size() > most_told) found.resize(most_told);
  std::vector<std::string_view> codes;
  for (const auto& [rank, code] : found)
    if (rank <= found.front().first + 1) codes.push_back(code);
  return codes;
}

}  // namespace wheelfix
