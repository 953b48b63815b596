#include "loader/required_wheels.hpp"

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

/// The projects that a wheel surely requires, and that no wheel of the set is of.
std::set<std::string> required_and_absent(const WheelSet& set, std::size_t wheel) {
  std::set<std::string> projects;
  for (const auto& text : set.wheels[wheel].wheel().metadata().get_all("Requires-Dist")) {
    auto requirement = parse_requirement(text);
    if (surely_holds(requirement.marker, set.system)) projects.insert(std::move(requirement.project));
  }
  for (const auto& edit : set.wheels) projects.erase(project_of(edit));
  return projects;
}

}  // namespace

bool surely_holds(std::string_view marker, const LoaderSystem& system) {
  std::string text;
  std::ranges::copy_if(marker, std::back_inserter(text),
                       [](char c) { return c != ' ' && c != '(' && c != ')'; });
  std::ranges::replace(text, '\'', '"');
  const bool is_linux = format_of(system.kind) == BinaryFormat::elf;
  const auto machine = fmt::format("platform_machine==\"{}\"", system.machine);
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = rest.find("and");
    const auto part = rest.substr(0, end);
    const bool is_system = part == "platform_system==\"Linux\"" || part == "sys_platform==\"linux\"";
    if (!(is_system && is_linux) && part != machine) return false;
    rest = end == std::string_view::npos ? "" : rest.substr(end + 3);
  }
  return true;
}

std::string advice_for_absent(const WheelSet& set, std::size_t wheel, std::string_view alternative) {
  const auto absent = required_and_absent(set, wheel);
  if (absent.empty()) return fmt::format("no given wheel has it: give the one that does too{}", alternative);
  const auto& source = set.wheels[wheel].wheel();
  return fmt::format(
      "no given wheel has it, and of what {} requires {} not given: `pip download {}` fetches all",
      source.name().distribution(),
      absent.size() == 1 ? fmt::format("{} is", printable(*absent.begin()))
                         : fmt::format("{} projects are", absent.size()),
      source.path().filename().string());
}

}  // namespace wheelfix
