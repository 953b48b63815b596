#include "lock/requirements_lock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"

namespace wheelfix {

namespace {

std::vector<std::string> hashes_of(const PatchedVersion& version) {
  std::set<std::string> hashes;
  for (const auto& wheel : version.wheels) hashes.insert("sha256:" + wheel.sha256);
  return {hashes.begin(), hashes.end()};
}

bool has_hashes(const PinnedRequirement& requirement, const std::vector<std::string>& hashes) {
  std::set<std::string> old;
  for (const auto& hash : requirement.hashes) old.insert(ascii_lower(hash.value));
  return std::ranges::equal(old, hashes);
}

/// The new hashes are where the first old one was, separated as the old ones were; the others are removed.
void replace_hashes(std::string_view text, const PinnedRequirement& requirement,
                    const std::vector<std::string>& hashes, std::vector<TextEdit>& edits) {
  const auto& old = requirement.hashes;
  const auto& second = old[old.size() > 1 ? 1 : 0];
  const auto separator = text.substr(second.after, second.range.begin - second.after);
  std::string all;
  for (const auto& hash : hashes) {
    if (!all.empty()) all += separator;
    all += "--hash=" + hash;
  }
  edits.push_back({old.front().range.begin, old.front().range.end, std::move(all)});
  for (std::size_t i = 1; i < old.size(); ++i) edits.push_back({old[i].after, old[i].range.end, {}});
}

/// Of the options that say where packages are.
bool is_place_option(std::string_view name) {
  constexpr std::array names = {"--index-url", "--extra-index-url", "--find-links", "--no-index"};
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

LockPlan plan_requirements(std::string_view text, const RequirementLines& lines, const PatchedWheels& wheels,
                           const std::string& file) {
  std::vector<const PinnedRequirement*> pinned;
  std::vector<Pin> pins;
  for (const auto& requirement : lines.requirements) {
    if (!requirement.version) continue;
    pinned.push_back(&requirement);
    pins.push_back({requirement.project, *requirement.version, requirement.line});
  }
  LockPlan plan;
  const auto matched = match_pins(pins, wheels, file);
  for (std::size_t i = 0; i < pins.size(); ++i) {
    if (matched[i] == nullptr) continue;
    const auto& requirement = *pinned[i];
    const auto version = matched[i]->version.to_string();
    const auto hashes = hashes_of(*matched[i]);
    plan.pinned.push_back(requirement.project);
    const auto before = plan.edits.size();
    if (version != requirement.version)
      plan.edits.push_back({requirement.version_range.begin, requirement.version_range.end, version});
    if (!requirement.hashes.empty() && !has_hashes(requirement, hashes))
      replace_hashes(text, requirement, hashes, plan.edits);
    if (plan.edits.size() > before)
      plan.changes.push_back(
          {requirement.project, requirement.line, *requirement.version, version, matched[i]->file_names()});
  }
  return plan;
}

TextEdit add_option_line(std::string_view text, const RequirementLines& lines, std::string_view option,
                         std::string_view place) {
  std::size_t at = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  while (at < text.size() && text[at] == '#') at = std::min(text.find('\n', at), text.size() - 1) + 1;
  for (const auto& other : lines.options)
    if (is_place_option(other.name)) at = std::max(at, other.end);
  const auto end = line_end_of(text);
  const bool is_quoted = place.find_first_of(" \t#") != std::string_view::npos;
  auto line = fmt::format("{} {}{}{}{}", option, is_quoted ? "\"" : "", place, is_quoted ? "\"" : "", end);
  const auto before = text.substr(0, at), after = text.substr(at);
  if (!before.empty() && after.empty()) {
    const bool is_ended = before.ends_with('\n');
    const bool goes_on = trim(before).ends_with('\\');  // to an empty line
    for (int missing = (is_ended ? 0 : 1) + (goes_on ? 1 : 0); missing > 0; --missing) line.insert(0, end);
  }
  if (!after.empty() && !after.starts_with(end) && !after.starts_with('-')) line += end;
  return {at, at, std::move(line)};
}

}  // namespace wheelfix
