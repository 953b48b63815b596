#include <algorithm>
#include <map>
#include <wheelfix/imports.hpp>

namespace wheelfix {
namespace {

/// The project that a Requires-Dist names, which begins with it. Source: packaging.python.org, "Dependency
/// specifiers".
std::string required_project(std::string_view requirement) {
  const auto end = std::ranges::find_if_not(requirement, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
  return normalize_project_name(std::string_view(requirement.begin(), end));
}

std::vector<std::vector<std::size_t>> find_required(const std::vector<WheelEdit>& wheels) {
  std::map<std::string, std::size_t> by_project;
  for (std::size_t i = 0; i < wheels.size(); ++i)
    by_project.emplace(normalize_project_name(wheels[i].wheel().name().distribution()), i);
  std::vector<std::vector<std::size_t>> required(wheels.size());
  for (std::size_t i = 0; i < wheels.size(); ++i) {
    for (const auto& requirement : wheels[i].wheel().metadata().get_all("Requires-Dist")) {
      const auto found = by_project.find(required_project(requirement));
      if (found == by_project.end() || found->second == i) continue;
      if (std::ranges::find(required[i], found->second) == required[i].end())
        required[i].push_back(found->second);
    }
  }
  return required;
}

std::vector<std::string> platform_tags(const std::vector<WheelEdit>& wheels) {
  std::vector<std::string> tags;
  for (const auto& edit : wheels) {
    const auto& own = edit.wheel().name().platform_tags();
    tags.insert(tags.end(), own.begin(), own.end());
  }
  return tags;
}

}  // namespace

std::unique_ptr<WheelSet> read_wheel_set(std::vector<WheelEdit> wheels, const Layout& layout,
                                         const ReadLibrariesOptions& options,
                                         const std::filesystem::path& sysroot) {
  auto set = std::make_unique<WheelSet>(
      WheelSet{.wheels = std::move(wheels),
               .libraries = {},
               .placed = PlacedWheels(layout, sysroot.empty() ? nullptr : files_below(sysroot)),
               .loads = {},
               .system = {},
               .requires_wheels = {}});
  for (const auto& edit : set->wheels) {
    set->libraries.push_back(read_libraries(edit, options));
    set->placed.add(edit, set->libraries.back());
  }
  for (std::size_t i = 0; i < set->wheels.size(); ++i)
    read_python_loads(set->wheels[i], i, set->placed, set->loads);
  set->system = promised_system(platform_tags(set->wheels));
  if (!sysroot.empty()) set->system = system_below(sysroot, set->system, host_hwcaps());
  set->requires_wheels = find_required(set->wheels);
  return set;
}

}  // namespace wheelfix
