#include "environment/required_wheels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "loader/library_names.hpp"
#include "wheel/requirement.hpp"

namespace wheelfix {
namespace {

std::string project_of(const WheelEdit& edit) {
  return normalize_project_name(edit.wheel().name().distribution());
}

/// The projects that a wheel surely requires, and that the set has no wheel of.
std::set<std::string> required_and_absent(const WheelSet& set, std::size_t wheel) {
  std::set<std::string> projects;
  for (const auto& text : set.wheels[wheel].wheel().metadata().get_all("Requires-Dist")) {
    auto requirement = parse_requirement(text);
    if (evaluate_marker(requirement.marker, set.system) == Truth::yes)
      projects.insert(std::move(requirement.project));
  }
  for (const auto& edit : set.wheels) projects.erase(project_of(edit));
  return projects;
}

}  // namespace

Truth evaluate_marker(std::string_view marker, const LoaderSystem& system) {
  MarkerEnvironment known;
  switch (format_of(system.kind)) {
    case BinaryFormat::elf:
      known = {{"os_name", "posix"}, {"platform_system", "Linux"}, {"sys_platform", "linux"}};
      break;
    case BinaryFormat::macho:
      known = {{"os_name", "posix"}, {"platform_system", "Darwin"}, {"sys_platform", "darwin"}};
      break;
    case BinaryFormat::pe:
      known = {{"os_name", "nt"}, {"platform_system", "Windows"}, {"sys_platform", "win32"}};
      break;
  }
  // In a process of 32 bits Python names the machine of the system that it runs on.
  if (system.bits == 64) known["platform_machine"] = system.machine == "amd64" ? "AMD64" : system.machine;
  return evaluate_marker(marker, known);
}

std::string advice_for_absent(const WheelSet& set, std::size_t wheel, std::string_view alternative) {
  const auto absent = required_and_absent(set, wheel);
  if (absent.empty())
    return fmt::format("no given wheel has it: also give the wheel that has it{}", alternative);
  const auto& source = set.wheels[wheel].wheel();
  return fmt::format(
      "no given wheel has it, and of what {} requires {} not given: `pip download {}` fetches all",
      source.name().distribution(),
      absent.size() == 1 ? fmt::format("{} is", printable(*absent.begin()))
                         : fmt::format("{} projects are", absent.size()),
      source.path().filename().string());
}

}  // namespace wheelfix
