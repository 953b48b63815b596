#include "wheelfix/policy_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/terminal.hpp"
#include "wheelfix/shell_word.hpp"

namespace cli {

namespace {

using namespace wheelfix;

using External = ExternalLibrary::Kind;
using System = PlatformTag::System;

bool lacks_library(const WheelPolicy& policy) {
  return std::ranges::any_of(policy.externals, [&](const ExternalLibrary& external) {
    return external.kind == External::library && !external.since;
  });
}

/// The oldest version that the wheel's own tags of these policies promise; nothing without one.
std::optional<PlatformVersion> promised_by(const ExaminedPolicy& examined) {
  std::optional<PlatformVersion> oldest;
  for (const auto& text : examined.name.platform_tags()) {
    const auto tag = PlatformTag::parse(text);
    if (tag.system != examined.policy.system || tag.machine != examined.policy.machine || !tag.version)
      continue;
    oldest = oldest ? std::min(*oldest, *tag.version) : *tag.version;
  }
  return oldest;
}

/// What to type next; empty if there is nothing to do.
std::string next_command(const ExaminedPolicy& examined) {
  const auto& policy = examined.policy;
  if (policy.system != System::manylinux && policy.system != System::musllinux) return {};
  const auto file = shell_word(examined.wheel);
  for (const auto& external : policy.externals)
    if (external.kind == External::python)
      return fmt::format("wheelfix patch --suffix LABEL --remove-needed {} {}",
                         shell_word("*=" + external.name), file);
  const auto is_own = [](const ExternalLibrary& external) { return !external.out_of_reach.empty(); };
  if (std::ranges::any_of(policy.externals, is_own))
    return fmt::format("wheelfix repair --suffix LABEL {}", file);
  if (lacks_library(policy)) return fmt::format("wheelfix repair --graft {}", file);
  const auto best = PlatformTag::parse(policy.grafted_tag);
  if (!best.version || promised_by(examined) == best.version) return {};
  return fmt::format("wheelfix retag --platform {} {}", policy.grafted_tag, file);
}

class PolicyReport {
 public:
  explicit PolicyReport(Verbosity verbosity)
      : verbosity_(verbosity), style_(Style::of(STDOUT_FILENO)), width_(width_of(STDOUT_FILENO)) {}

  void add(const ExaminedPolicy& examined) {
    const auto& policy = examined.policy;
    line(style_.bold(printable(examined.wheel)) + ": " + tag_text(policy), "", "  ");
    if (verbosity_ == Verbosity::quiet) return;
    for (const auto& tag : untrue_tags(examined))
      line(fmt::format("its tag {} isn't true of it", tag), "  " + style_.yellow("warning") + ": ", "    ");
    add_externals(policy);
    add_reasons(policy);
    for (const auto& finding : examined.findings) line(format_finding(finding, ""), "  ", "    ");
    const auto command = next_command(examined);
    if (!command.empty()) line("`" + command + "`", "  " + style_.cyan("next") + ": ", "    ");
  }

  std::string take() { return std::move(text_); }

 private:
  void line(std::string_view text, const std::string& first, const std::string& rest) {
    text_ += wrapped(text, first, rest, width_);
  }

  std::string tag_text(const WheelPolicy& policy) const {
    if (policy.system == System::other)
      return "no policy, because its libraries are for another system than Linux";
    if (policy.system == System::any) return style_.green("any") + ", because it has no library for Linux";
    if (policy.tag == policy.grafted_tag) return style_.green(policy.tag);
    if (true_tag(policy) == policy.grafted_tag)
      return style_.green(policy.grafted_tag) + ", apart from a driver's libraries";
    const auto is_found = [](const ExternalLibrary& external) { return !external.path.empty(); };
    return fmt::format("{}; {}{} with what it lacks", style_.yellow(policy.tag),
                       std::ranges::any_of(policy.externals, is_found) ? "" : "at best ",
                       style_.green(policy.grafted_tag));
  }

  std::string on_system(const ExternalLibrary& external) const {
    return external.path.empty() ? "" : fmt::format(" ({})", printable(external.path));
  }

  /// What the wheel itself needs; `verbose`: also what that needs.
  void add_externals(const WheelPolicy& policy) {
    std::size_t left_out = 0;
    for (const auto& external : policy.externals) {
      if (verbosity_ == Verbosity::verbose || !external.needed_by.empty())
        add(external, policy);
      else
        ++left_out;
    }
    if (left_out > 0)
      line(fmt::format("and {} more that these need (-v lists them)", left_out), "  ", "    ");
  }

  void add(const ExternalLibrary& external, const WheelPolicy& policy) {
    if (external.since && policy.tag != policy.grafted_tag && verbosity_ != Verbosity::verbose) return;
    auto why = who_promises(external.since, policy.system);
    if (external.kind == External::driver) why = "which only a driver brings";
    if (external.kind == External::python) why = "which Python itself has, so that no module has to name it";
    if (!external.out_of_reach.empty())
      why = fmt::format("which the wheel has as {}, where the loader doesn't look",
                        printable(external.out_of_reach));
    auto needed_by = external.needed_by;
    needed_by.insert(needed_by.end(), external.needed_by_others.begin(), external.needed_by_others.end());
    line(fmt::format("needs {}{}, {}: {}", printable(external.name), on_system(external), why,
                     some_of(needed_by)),
         "  ", "    ");
  }

  std::string some_of(const std::vector<std::string>& paths) const {
    constexpr std::size_t most = 3;
    const auto count = verbosity_ == Verbosity::verbose ? paths.size() : std::min(most, paths.size());
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < count; ++i) shown.push_back(printable(paths[i]));
    const auto rest = count < paths.size() ? fmt::format(" and {} more", paths.size() - count) : "";
    return fmt::format("{}{}", fmt::join(shown, ", "), rest);
  }

  /// Those that the tag's own policy is the first to allow, which an older one doesn't; `verbose`: all.
  void add_reasons(const WheelPolicy& policy) {
    std::vector<const PolicyReason*> reasons;
    for (const auto& reason : policy.reasons)
      if (reason.kind != PolicyReason::Kind::library) reasons.push_back(&reason);
    if (reasons.empty()) return;
    const auto gravest = reasons.front()->since;
    constexpr std::size_t most = 3;
    std::size_t shown = 0;
    for (const auto* reason : reasons) {
      if (verbosity_ != Verbosity::verbose && (shown == most || reason->since != gravest)) break;
      line(fmt::format("{} needs {}", printable(reason->path), describe(*reason, policy.system)), "  ",
           "    ");
      ++shown;
    }
    if (shown < reasons.size())
      line(fmt::format("{} more in the way of older ones (-v lists them)", reasons.size() - shown), "  ",
           "    ");
  }

  Verbosity verbosity_;
  Style style_;
  std::size_t width_;
  std::string text_;
};

nlohmann::ordered_json since_json(const std::optional<PlatformVersion>& since) {
  return since ? nlohmann::ordered_json(to_string(*since)) : nullptr;
}

std::string_view system_name(System system) {
  switch (system) {
    case System::manylinux:
      return "manylinux";
    case System::musllinux:
      return "musllinux";
    case System::any:
      return "any";
    default:
      return "other";
  }
}

nlohmann::ordered_json policy_json(const ExaminedPolicy& examined) {
  const auto& policy = examined.policy;
  auto reasons = nlohmann::ordered_json::array(), externals = reasons;
  for (const auto& reason : policy.reasons)
    reasons.push_back({{"kind", to_string(reason.kind)},
                       {"path", printable(reason.path)},
                       {"file", printable(reason.file)},
                       {"names", reason.names},
                       {"since", since_json(reason.since)}});
  for (const auto& external : policy.externals)
    externals.push_back({{"name", printable(external.name)},
                         {"kind", to_string(external.kind)},
                         {"needed_by", external.needed_by},
                         {"needed_by_others", external.needed_by_others},
                         {"out_of_reach", string_or_null(external.out_of_reach)},
                         {"path", string_or_null(external.path)},
                         {"since", since_json(external.since)}});
  return {{"system", system_name(policy.system)}, {"machine", string_or_null(policy.machine)},
          {"tag", string_or_null(policy.tag)},    {"grafted_tag", string_or_null(policy.grafted_tag)},
          {"untrue_tags", untrue_tags(examined)}, {"reasons", std::move(reasons)},
          {"externals", std::move(externals)},    {"next", string_or_null(next_command(examined))}};
}

}  // namespace

std::vector<std::string> untrue_tags(const ExaminedPolicy& examined) {
  auto tags = examined.name.platform_tags();
  std::erase_if(tags, [&](const std::string& tag) { return reasons_against(examined.policy, tag).empty(); });
  return tags;
}

std::string report(const std::vector<ExaminedPolicy>& wheels, Verbosity verbosity) {
  PolicyReport text(verbosity);
  for (const auto& examined : wheels) text.add(examined);
  return text.take();
}

nlohmann::ordered_json to_json(const std::vector<ExaminedPolicy>& wheels) {
  auto list = nlohmann::ordered_json::array();
  std::vector<Finding> findings;
  for (const auto& examined : wheels) {
    list.push_back({{"wheel", printable(examined.wheel)},
                    {"name", examined.name.distribution()},
                    {"version", examined.name.version_text()},
                    {"tags", examined.name.platform_tags()},
                    {"policy", policy_json(examined)}});
    findings.insert(findings.end(), examined.findings.begin(), examined.findings.end());
  }
  return {{"wheels", std::move(list)}, {"findings", to_json(findings)}};
}

}  // namespace cli
