#include "doctor/examination.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "base/text.hpp"
#include "doctor/tag_checks.hpp"
#include "environment/python_tag.hpp"
#include "wheel/contents.hpp"

namespace wheelfix {
namespace {

using Names = std::set<std::string>;

/// What the wheels of modules say of Pythons.
class PythonTags {
 public:
  void add(const WheelName& wheel) {
    Names own;
    for (const auto& tag : wheel_tags(wheel)) {
      const auto python = parse_cpython_tag(tag.python);
      if (tag.abi == "none") return;
      if (tag.abi == "abi3" || tag.abi == "abi3t") {
        if (!python) return;
        if (!oldest_ || oldest_->version < python->version) oldest_ = {python->version, tag.python};
        return;
      }
      own.insert(python && parse_cpython_tag(tag.abi) ? tag.abi : tag.python);
    }
    all_.insert(own.begin(), own.end());
    if (common_) {
      std::erase_if(*common_, [&](const std::string& name) { return !own.contains(name); });
    } else {
      common_ = std::move(own);
    }
  }

  std::string to_string() const {
    if (common_) return fmt::format("{}", fmt::join(common_->empty() ? all_ : *common_, ", "));
    return oldest_ ? oldest_->name + " and later" : "";
  }

 private:
  struct Oldest {
    PythonVersion version;
    std::string name;
  };

  std::optional<Oldest> oldest_;  ///< that all wheels of the stable ABI take
  Names all_;
  std::optional<Names> common_;
};

/// An error's message, with its subject unless that is only the wheel.
std::string message_without(const Error& error, const std::string& wheel) {
  std::string_view subject = error.subject();
  if (!subject.starts_with(wheel)) return error.what();
  subject.remove_prefix(wheel.size());
  if (subject.starts_with(": ")) subject.remove_prefix(2);
  return subject.empty() ? error.message() : fmt::format("{}: {}", subject, error.message());
}

/// How a verdict ends.
std::string outcome(const Examination& examination) {
  std::vector<std::string> parts;
  std::size_t errors = 0, warnings = 0;
  for (const auto& cause : examination.causes) {
    if (cause.severity == Severity::error) ++errors;
    if (cause.severity == Severity::warning && cause.kind == FindingKind::breaks) ++warnings;
  }
  const auto failing = examination.failing;
  if (failing > 0) {
    parts.push_back(fmt::format("{} {}, for {}", counted(failing, "module"), failing == 1 ? "fails" : "fail",
                                counted(examination.failing_causes, "cause")));
  } else if (examination.ignored_modules > 0) {
    parts.emplace_back("no other module fails");
  } else if (examination.modules > 0) {
    // A package fails too if its code loads a library that isn't there, and then modules in it do.
    if (errors == 0) parts.emplace_back("all load");
  } else if (errors == 0) {
    parts.emplace_back("no errors");
  }
  const auto others = errors - std::min(errors, examination.failing_causes);
  if (others > 0) parts.push_back(counted(others, failing > 0 ? "other error" : "error"));
  if (warnings > 0) parts.push_back(counted(warnings, "warning"));
  if (examination.ignored > 0)
    parts.push_back(fmt::format("{} ignored", counted(examination.ignored, "finding")));
  if (const auto points = hygiene(examination))
    parts.push_back(fmt::format("{} of hygiene", counted(points, "point")));
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace

std::string_view first_line(std::string_view message) {
  return message.substr(0, message.find('\n'));
}

Finding unreadable_wheel(const Error& error, const std::filesystem::path& wheel) {
  auto finding = to_finding(error, FindingCode::unreadable, wheel);
  finding.message = message_without(error, wheel.string());
  return finding;
}

std::vector<Cause> causes_of(const std::vector<Finding>& findings) {
  std::vector<Cause> causes;
  std::map<std::string_view, std::size_t> known;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const auto& finding = findings[i];
    const auto message = first_line(finding.message);
    const auto [found, is_new] = known.emplace(message, causes.size());
    if (is_new) causes.push_back({std::string(message), finding.severity});
    auto& cause = causes[found->second];
    cause.severity = std::min(cause.severity, finding.severity);
    if (kind_of(finding) == FindingKind::breaks) cause.kind = FindingKind::breaks;
    cause.findings.push_back(i);
  }
  const auto imports = [&](const Cause& cause) {
    return std::ranges::count(cause.findings, FindingCode::import_fails,
                              [&](std::size_t number) { return findings[number].code; });
  };
  std::ranges::stable_sort(causes, [&](const Cause& one, const Cause& other) {
    return std::tuple(other.severity, imports(one), one.findings.size()) <
           std::tuple(one.severity, imports(other), other.findings.size());
  });
  return causes;
}

std::size_t count_libraries(const WheelSet& set, const std::vector<ImportRoot>& modules) {
  std::set<std::pair<std::size_t, std::string_view>> roots;
  for (const auto& module : modules) roots.emplace(module.wheel, module.entry);
  std::size_t count = 0;
  for (std::size_t wheel = 0; wheel < set.libraries.size(); ++wheel)
    for (const auto& library : set.libraries[wheel].libraries)
      count += is_loadable(library) && !roots.contains({wheel, library.path}) ? 1U : 0U;
  return count;
}

std::string python_of(const WheelSet& set, const std::vector<ImportRoot>& modules) {
  std::set<std::size_t> wheels;
  for (const auto& module : modules) wheels.insert(module.wheel);
  PythonTags tags;
  for (const auto wheel : wheels) tags.add(set.wheels[wheel].wheel().name());
  return tags.to_string();
}

std::string described(const PythonTarget& python) {
  const auto tag = python.tags.empty() ? python.name : python.tags.front().second;
  return fmt::format("Python {} ({})",
                     python.full_version ? python.full_version->to_string() : to_string(python.version), tag);
}

std::string platform_of(const WheelSet& set) {
  using Promise = std::pair<PlatformVersion, std::string>;
  std::optional<Promise> most;
  for (const auto& edit : set.wheels) {
    std::optional<Promise> least;
    for (const auto& text : edit.wheel().name().platform_tags()) {
      const auto tag = PlatformTag::parse(text);
      if (tag.system == PlatformTag::System::any) continue;
      const auto version = tag.version.value_or(PlatformVersion{});
      if (!least || version < least->first) least = {version, text};
    }
    if (least && (!most || most->first < least->first)) most = least;
  }
  return most ? most->second : "";
}

bool is_hygiene(const Examination& examination, const Cause& cause) {
  return cause.kind == FindingKind::hygiene && examination.findings[cause.findings.front()].wheel.has_value();
}

std::uint64_t hygiene(const Examination& examination) {
  std::uint64_t count = 0;
  for (const auto& cause : examination.causes) {
    if (cause.kind != FindingKind::hygiene) continue;
    for (const auto number : cause.findings) {
      const auto& finding = examination.findings[number];
      if (finding.wheel) count += 1 + finding.more;
    }
  }
  return count;
}

std::string verdict(const Examination& examination) {
  const bool is_installed = !examination.environment.empty();
  std::vector<std::string> counts = {counted(examination.wheels, is_installed ? "distribution" : "wheel")};
  if (examination.libraries > 0) counts.push_back(counted(examination.libraries, "library", "libraries"));
  if (examination.modules > 0) counts.push_back(counted(examination.modules, "module"));
  auto text = fmt::format("{}", fmt::join(counts, ", "));
  if (!examination.python.empty()) text += " for " + examination.python;
  if (!examination.system.empty()) text += " on " + examination.system;
  if (is_installed) text += " in " + printable(examination.environment);
  return text + ": " + outcome(examination);
}

}  // namespace wheelfix
