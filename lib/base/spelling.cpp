#include <wheelfix/spelling.hpp>

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "base/text.hpp"

namespace wheelfix {
namespace {

/// How many letters must be added, removed or changed to turn one into the other (Levenshtein's distance).
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

constexpr std::size_t longest_word = 64;  // no name has half as many letters
constexpr std::size_t most_suggested = 3;

/// Of a word and a name: the less, the more alike. nullopt if they aren't alike.
std::optional<std::size_t> unlikeness(std::string_view word, std::string_view name) {
  if (name.find(word) != name.npos) return 0;
  const auto changes = distance(word, name);
  if (changes > std::max<std::size_t>(2, name.size() / 3)) return std::nullopt;
  return changes;
}

}  // namespace

std::vector<std::string_view> spelled_like(std::string_view word, std::span<const std::string_view> names) {
  if (word.empty() || word.size() > longest_word) return {};
  const auto wanted = ascii_lower(word);
  std::vector<std::pair<std::size_t, std::string_view>> found;
  for (const auto name : names)
    if (const auto rank = unlikeness(wanted, name)) found.emplace_back(*rank, name);
  std::ranges::stable_sort(found, {}, &std::pair<std::size_t, std::string_view>::first);
  if (found.size() > most_suggested) found.resize(most_suggested);
  std::vector<std::string_view> like;
  for (const auto& [rank, name] : found)
    if (rank <= found.front().first + 1) like.push_back(name);
  return like;
}

std::string or_list(const std::vector<std::string_view>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text += std::string(i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + std::string(names[i]);
  return text;
}

}  // namespace wheelfix
