#include "repair/requirements.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "environment/required_wheels.hpp"
#include "wheel/requirement.hpp"

namespace wheelfix {
std::vector<Finding> broken_requirements(const std::vector<WheelEdit>& wheels, const LoaderSystem& system) {
  std::vector<Finding> findings;
  for (const auto& edit : wheels) {
    const auto& wheel = edit.wheel();
    for (const auto& text : wheel.metadata().get_all("Requires-Dist")) {
      const auto requirement = parse_requirement(text);
      if (evaluate_marker(requirement.marker, system) == Truth::no) continue;
      for (const auto& other : wheels) {
        const auto& name = other.wheel().name();
        if (normalize_project_name(name.distribution()) != requirement.project || other.overlay().empty())
          continue;
        const auto version = other.output_name().version();
        if (met_by(requirement, name.version()) != Truth::yes || met_by(requirement, version) == Truth::yes)
          continue;
        findings.push_back({.code = FindingCode::requires_other_version,
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
