#include "doctor/installed_set.hpp"

#include <utility>
#include <wheelfix/error.hpp>

#include "base/file.hpp"
#include "base/path_within.hpp"
#include "base/workers.hpp"
#include "doctor/editable_checks.hpp"
#include "doctor/installation.hpp"
#include "doctor/installed_checks.hpp"
#include "doctor/read_set.hpp"
#include "doctor/site_packages.hpp"
#include "environment/set_symbols.hpp"
#include "environment/wheel_set.hpp"
#include "installed/installed.hpp"

namespace wheelfix {

SetSystem system_of(const Installation& installation, const std::filesystem::path& sysroot, bool is_here) {
  SetSystem system{.sysroot = sysroot, .platform_tags = {}, .environment = {}, .abis = {}};
  if (is_here) system.environment.library_path = environment_variable("LD_LIBRARY_PATH");
  if (is_here) system.environment.program = installation.program.string();
  return system;
}

std::unique_ptr<WheelSet> read_installed_set(std::vector<WheelEdit> distributions,
                                             std::vector<std::optional<FilesRecord>> known, SetSystem system,
                                             std::optional<PythonTarget>& python,
                                             const DoctorOptions& options) {
  known.resize(distributions.size());
  std::vector<std::optional<WheelLibraries>> known_libraries;
  std::vector<WheelCode> codes;
  for (auto& record : known) {
    codes.push_back(record ? std::move(record->code) : WheelCode{});
    known_libraries.push_back(record ? std::optional(std::move(record->libraries)) : std::nullopt);
  }
  auto libraries = read_unknown(
      distributions, std::move(known_libraries),
      {.jobs = options.jobs, .progress = options.progress, .cuda_archs = options.host.has_value()});
  if (!python) python = python_of_modules(libraries);
  if (python) system.abis = abis_of(*python);
  system.platform_tags = {platform_of_libraries(libraries)};
  if (!system.platform_tags.front().starts_with("linux") &&
      !system.platform_tags.front().starts_with("musllinux"))
    system.sysroot.clear();
  return make_wheel_set(std::move(distributions), std::move(libraries), options.layout,
                        SetCode{.codes = std::move(codes), .loads = {}, .jobs = options.jobs}, system);
}

namespace {

/// Throws Error{usage}.
void require_below(const std::filesystem::path& folder, const std::filesystem::path& sysroot) {
  const auto root = std::filesystem::absolute(sysroot).lexically_normal();
  if (is_folder(root) && path_within(std::filesystem::absolute(folder).lexically_normal(), root)) return;
  throw Error(
      ErrorCode::usage, folder.string(),
      "isn't below " + printable(sysroot.string()) + ", the root of the system that is to be examined",
      "give --sysroot the folder that this environment would have as its /");
}

}  // namespace

InstalledSet read_installed(const std::vector<std::filesystem::path>& paths, const DoctorOptions& options,
                            const Limits& limits) {
  auto installation = find_installation(paths, options.python);
  const bool is_here = options.sysroot.empty();
  const std::filesystem::path sysroot = is_here ? "/" : options.sysroot;
  InstalledSet result;
  result.environment = installation.name;
  result.findings = std::move(installation.findings);
  const auto add = [&](const std::vector<Finding>& findings) {
    result.findings.insert(result.findings.end(), findings.begin(), findings.end());
  };
  for (const auto& folder : installation.folders) require_below(folder.path, sysroot);
  auto packages = find_installed(installation.folders, sysroot, options.limits, options.jobs);
  add(packages.findings);
  // The first of two tasks has one thread.
  for_each_parallel(2, options.jobs, [&](std::size_t task) {
    if (task == 0) {
      for (const auto& folder : installation.folders) {
        add(check_site_packages(folder.path, limits, packages));
        add(check_egg_links(folder.path, sysroot, limits));
      }
    } else if (!packages.distributions.empty()) {
      result.cache.emplace(options.cache, options.limits, options.host.has_value(), options.jobs);
      auto known = result.cache->find(packages.distributions, packages.states);
      result.set =
          read_installed_set({packages.distributions.begin(), packages.distributions.end()}, std::move(known),
                             system_of(installation, sysroot, is_here), installation.python, options);
      read_needed_symbols(*result.set, options.jobs);
    }
  });
  result.python = std::move(installation.python);
  return result;
}

}  // namespace wheelfix
