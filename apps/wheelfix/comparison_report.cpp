#include "wheelfix/comparison_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <wheelfix/finding.hpp>

namespace cli {

namespace {

using namespace wheelfix;

/// `10,605`.
std::string grouped(std::size_t number) {
  auto digits = std::to_string(number);
  for (auto at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string entries(std::size_t count) {
  return grouped(count) + (count == 1 ? " entry" : " entries");
}

bool is_removed(const EntryDifference& entry) {
  return entry.how.contains(Difference::removed);
}

bool is_moved(const EntryDifference& entry) {
  return entry.how.contains(Difference::order);
}

std::vector<std::string> words(const std::set<Difference>& how) {
  std::vector<std::string> names;
  for (const auto difference : how) names.emplace_back(to_string(difference));
  return names;
}

}  // namespace

std::string summary_of(const WheelComparison& comparison) {
  const auto removed = static_cast<std::size_t>(std::ranges::count_if(comparison.differ, is_removed));
  const auto differ = comparison.differ.size() - removed;
  auto text = differ == 0 ? fmt::format("none of {} differs", entries(comparison.entries))
                          : fmt::format("{} of {} differ{}", grouped(differ), entries(comparison.entries),
                                        differ == 1 ? "s" : "");
  if (removed > 0) text += fmt::format(", {} {} removed", grouped(removed), removed == 1 ? "is" : "are");
  if (const auto count = comparison.renamed.size(); count > 0) {
    const char* their = count == 1 ? "its" : "their";
    text += fmt::format(", {} {} only the version in {} folder's name", grouped(count),
                        count == 1 ? "changes" : "change", their);
    if (std::ranges::any_of(comparison.renamed, is_moved)) text += fmt::format(" and {} place", their);
  }
  if (comparison.has_other_comment) text += ", the archive's comment is another";
  const bool is_same = text.starts_with("none") && removed == 0 && comparison.renamed.empty();
  return text + (is_same ? ": all are the same bit for bit" : "; the rest bit for bit");
}

std::string list_of(const WheelComparison& comparison) {
  std::string text;
  for (const auto* list : {&comparison.differ, &comparison.renamed})
    for (const auto& [path, how] : *list)
      text += fmt::format("  {}: {}\n", printable(path), fmt::join(words(how), ", "));
  return text;
}

nlohmann::ordered_json to_json(const WheelComparison& comparison) {
  auto differ = nlohmann::ordered_json::array();
  for (const auto& [path, how] : comparison.differ) differ.push_back({{"path", path}, {"how", words(how)}});
  auto renamed = nlohmann::ordered_json::array();
  for (const auto& entry : comparison.renamed) renamed.push_back(entry.path);
  return {{"entries", comparison.entries},
          {"differ", std::move(differ)},
          {"renamed", std::move(renamed)},
          {"other_comment", comparison.has_other_comment}};
}

}  // namespace cli
