#include "repair/requirements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <wheelfix/error.hpp>
#include <wheelfix/version_specifiers.hpp>

#include "base/text.hpp"

namespace wheelfix {
namespace {

/// `torch[opt] (==2.1.0+cu121) ; python_version < "3.12"`, less what tells when it holds.
struct Requirement {
  std::string project;  ///< normalised
  std::string_view specifiers;
};

Requirement parse_requirement(std::string_view text) {
  text = trim(text.substr(0, text.find(';')));
  const auto is_name = [](char c) { return is_ascii_alnum(c) || c == '-' || c == '_' || c == '.'; };
  const auto end = std::ranges::find_if_not(text, is_name);
  const auto name = std::string_view(text.begin(), end);
  auto rest = trim(text.substr(name.size()));
  if (rest.starts_with('[')) rest = trim(rest.substr(std::min(rest.find(']'), rest.size() - 1) + 1));
  if (rest.starts_with('(') && rest.ends_with(')')) rest = rest.substr(1, rest.size() - 2);
  return {normalize_project_name(name), trim(rest)};
}

/// A requirement that can't be read is met by nothing, before and after.
bool met_by(std::string_view specifiers, const Version& version) {
  try {
    return VersionSpecifiers::parse(specifiers).contains(version);
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

std::vector<Finding> broken_requirements(const std::vector<WheelEdit>& wheels) {
  std::vector<Finding> findings;
  for (const auto& edit : wheels) {
    const auto& wheel = edit.wheel();
    for (const auto& text : wheel.metadata().get_all("Requires-Dist")) {
      const auto requirement = parse_requirement(text);
      for (const auto& other : wheels) {
        const auto& name = other.wheel().name();
        if (normalize_project_name(name.distribution()) != requirement.project || other.overlay().empty())
          continue;
        const auto version = other.output_name().version();
        if (!met_by(requirement.specifiers, name.version()) || met_by(requirement.specifiers, version))
          continue;
        findings.push_back({.code = "requires-other-version",
                            .severity = Severity::warning,
                            .wheel = wheel.path().string(),
                            .path = wheel.dist_info() + "/METADATA",
                            .message = fmt::format("requires {}, and the new wheel is {} {}",
                                                   printable(std::string(trim(text))), name.distribution(),
                                                   version.to_string()),
                            .hint = "installers will refuse the two together: patch the requirement, or "
                                    "install with --no-deps"});
      }
    }
  }
  return findings;
}

}  // namespace wheelfix
