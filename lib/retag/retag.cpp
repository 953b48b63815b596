#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <wheelfix/library.hpp>
#include <wheelfix/platform_tag.hpp>
#include <wheelfix/policy.hpp>
#include <wheelfix/retag.hpp>

#include "base/text.hpp"
#include "doctor/tag_checks.hpp"

namespace wheelfix {

namespace {

using Tags = std::vector<std::string>;

constexpr std::size_t most_reasons = 5;

/// Whether systems that take a wheel of the tag take one of the old tags, too.
bool is_promised_already(const Tags& old, const std::string& tag) {
  const auto parsed = PlatformTag::parse(tag);
  return contains(old, tag) || std::ranges::any_of(old, [&](const std::string& text) {
           const auto before = PlatformTag::parse(text);
           return before.version && parsed.version && before.system == parsed.system &&
                  before.machine == parsed.machine && *before.version <= *parsed.version;
         });
}

bool promises_more(const NameTags& old, const NameTags& tags) {
  const auto is_new = [](const Tags& before) {
    return [&](const std::string& tag) { return !contains(before, tag); };
  };
  return std::ranges::any_of(tags.python, is_new(old.python)) ||
         std::ranges::any_of(tags.abi, is_new(old.abi)) ||
         std::ranges::any_of(tags.platform,
                             [&](const std::string& tag) { return !is_promised_already(old.platform, tag); });
}

/// What keeps a platform tag of Linux from being true.
void add_reasons(std::vector<std::string>& warnings, const WheelPolicy& policy, const std::string& tag) {
  const auto reasons = reasons_against(policy, tag);
  for (std::size_t i = 0; i < std::min(reasons.size(), most_reasons); ++i)
    warnings.push_back(fmt::format("{}: needs {}: {} isn't true of it", printable(reasons[i].path),
                                   describe(reasons[i], policy.system), tag));
  if (reasons.size() > most_reasons)
    warnings.push_back(fmt::format("{} more reasons are against {}", reasons.size() - most_reasons, tag));
}

/// A library of which nothing is known may break any promise.
void add_unreadable(std::vector<std::string>& warnings, const WheelLibraries& libraries) {
  for (const auto& finding : libraries.findings)
    warnings.push_back(fmt::format("{}: {}, so whether the tags are true of it isn't known",
                                   printable(*finding.path), finding.message));
}

/// What a check finds under the new name, and not under the old one.
template <class Check>
void add_findings(std::vector<std::string>& warnings, const Wheel& wheel, const WheelName& name,
                  const WheelLibraries& libraries, Check check) {
  const auto before = check(wheel, wheel.name(), libraries);
  for (const auto& finding : check(wheel, name, libraries)) {
    const auto is_same = [&](const Finding& old) {
      return old.code == finding.code && old.path == finding.path;
    };
    if (finding.code == FindingCode::tag_of_no_python || std::ranges::any_of(before, is_same)) continue;
    warnings.push_back(
        fmt::format("{}: {}", printable(finding.path.value_or(name.to_string())), finding.message));
  }
}

}  // namespace

std::vector<std::string> retag(WheelEdit& edit, const TagChanges& changes, const RetagOptions& options) {
  const auto& wheel = edit.wheel();
  const auto old = wheel.name().tags();
  auto tags = changed_tags(wheel.name(), changes, options.force);
  std::vector<std::string> warnings;
  std::optional<bool> is_purelib;
  if (options.check && promises_more(old, tags)) {
    const auto name = wheel.name().with_tags(tags);
    const auto libraries =
        read_libraries(edit, {.jobs = options.jobs, .progress = options.progress, .symbols = true});
    add_unreadable(warnings, libraries);
    add_findings(warnings, wheel, name, libraries, check_modules);
    add_findings(warnings, wheel, name, libraries, check_platform);
    const auto policy = wheel_policy(edit, libraries);
    const auto before = warnings.size();
    for (const auto& tag : tags.platform)
      if (!is_promised_already(old.platform, tag)) add_reasons(warnings, policy, tag);
    if (warnings.size() > before)
      warnings.push_back(
          fmt::format("the best platform tag that is true of the wheel is {}", true_tag(policy)));
    if (contains(tags.platform, "any") && !contains(old.platform, "any"))
      is_purelib = libraries.libraries.empty();
  }
  edit.set_tags(std::move(tags), is_purelib);
  return warnings;
}

}  // namespace wheelfix
