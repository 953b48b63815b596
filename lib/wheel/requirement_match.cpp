#include "wheel/requirement_match.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <wheelfix/wheel_name.hpp>

#include "base/text.hpp"
#include "wheel/requirement.hpp"

namespace wheelfix {

namespace {

constexpr std::string_view extra_condition = "extra == \"";

/// The condition that an extra is requested, if the marker has no other.
const std::string* only_extra(const MarkerAlternatives& marker) {
  if (marker.size() != 1 || marker.begin()->size() != 1) return nullptr;
  const auto& condition = *marker.begin()->begin();
  return condition.starts_with(extra_condition) ? &condition : nullptr;
}

bool names_marker(const MarkerAlternatives& wanted, const MarkerAlternatives& marker) {
  if (wanted == marker) return true;
  const auto* extra = only_extra(wanted);
  return extra != nullptr && marker.size() == 1 && marker.begin()->contains(*extra);
}

std::set<std::string> compared_range(const RequirementParts& parts) {
  if (!parts.url.empty()) return {fmt::format("@ {}", parts.url)};
  std::set<std::string> range;
  for (const auto piece : split(parts.specifiers, ',')) {
    std::string specifier(piece);
    std::erase_if(specifier, [](char c) { return c == ' ' || c == '\t'; });
    if (!specifier.empty()) range.insert(std::move(specifier));
  }
  return range;
}

/// A specifier or URL in the way in which the line has one, with the white space before it.
std::string range_like(std::string_view space, std::string_view old, const RequirementParts& wanted) {
  if (!wanted.url.empty()) return fmt::format(" @ {}", wanted.url);
  if (wanted.specifiers.empty()) return {};
  if (old.starts_with('(')) return fmt::format("{}({})", space, wanted.specifiers);
  return fmt::format("{}{}", old.starts_with('@') ? "" : space, wanted.specifiers);
}

}  // namespace

ComparedRequirement compared_requirement(std::string_view text) {
  const auto [parts, fault] = read_requirement(text);
  if (fault) return {.project = parse_requirement(text).project, .extras = {}, .range = {}, .marker = {}};
  ComparedRequirement compared{.project = normalize_project_name(parts.name),
                               .extras = {},
                               .range = compared_range(parts),
                               .marker = marker_alternatives(parts.marker),
                               .is_read = true};
  for (const auto extra : parts.extras) compared.extras.insert(normalize_project_name(extra));
  return compared;
}

bool names_requirement(const ComparedRequirement& wanted, const ComparedRequirement& line) {
  if (wanted.project != line.project) return false;
  return (wanted.extras.empty() || wanted.extras == line.extras) &&
         (wanted.range.empty() || wanted.range == line.range) &&
         (wanted.marker.empty() || names_marker(wanted.marker, line.marker));
}

std::set<std::string> extras_of_marker(const MarkerAlternatives& marker) {
  std::set<std::string> extras;
  for (const auto& conditions : marker)
    for (const auto& condition : conditions)
      if (condition.starts_with(extra_condition))
        extras.insert(
            condition.substr(extra_condition.size(), condition.size() - extra_condition.size() - 1));
  return extras;
}

std::string with_range_of(std::string_view line, const RequirementParts& wanted) {
  const auto parts = read_requirement(line).parts;
  const auto offset = [&](std::string_view piece) {
    return static_cast<std::size_t>(piece.data() - line.data());
  };
  const auto head_end = offset(parts.head) + parts.head.size();
  const auto range_begin = parts.range.empty() ? head_end : offset(parts.range);
  const auto space = line.substr(head_end, range_begin - head_end);
  auto text = wanted.extras.empty() ? std::string(parts.head)
                                    : fmt::format("{}[{}]", parts.name, fmt::join(wanted.extras, ","));
  text += range_like(space, parts.range, wanted);
  const auto rest = line.substr(range_begin + parts.range.size());
  if (!wanted.url.empty() && rest.starts_with(';')) text += ' ';
  return std::string(trim(text.append(rest)));
}

}  // namespace wheelfix
