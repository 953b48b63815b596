#include <wheelfix/spelling.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/edit_distance.hpp"
#include "base/text.hpp"

namespace wheelfix {
namespace {

constexpr std::size_t longest_word = 64;  // no name has half as many letters
constexpr std::size_t most_suggested = 3;

/// Of a word and a name: the less, the more alike. nullopt if they aren't alike.
std::optional<std::size_t> unlikeness(std::string_view word, std::string_view name) {
  if (name.find(word) != name.npos) return 0;
  const auto changes = edit_distance(word, name);
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
