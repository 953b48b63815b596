#include "environment/required_wheels.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <map>
#include <set>
#include <wheelfix/platform_tag.hpp>

#include "base/text.hpp"
#include "cuda/names.hpp"
#include "environment/import_code.hpp"
#include "environment/python_tag.hpp"
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

/// Whether RECORD lists a file of this name, and the wheel has none.
bool is_lost(const WheelSet& set, std::size_t wheel, std::string_view name) {
  const auto lost = file_name(name);
  const auto& edit = set.wheels[wheel];
  if (is_named_as_library(lost))
    return std::ranges::any_of(set.code->lost_libraries(), [&](const auto& library) {
      return library.wheel == wheel && file_name(library.entry) == lost;
    });
  return std::ranges::any_of(edit.wheel().record().rows(), [&](const auto& row) {
    return row.path.ends_with(lost) && file_name(row.path) == lost && !edit.contains(row.path);
  });
}

/// Of Homebrew, whose formulas have a folder each: `libomp` of `/opt/homebrew/opt/libomp/lib`.
std::string formula_in(std::string_view path) {
  for (const std::string_view root : {"/opt/homebrew/opt/", "/usr/local/opt/"}) {
    if (!path.starts_with(root)) continue;
    path.remove_prefix(root.size());
    return std::string(path.substr(0, path.find('/')));
  }
  return {};
}

/// The formula in whose folder a library of the wheel looks for a name; empty if there is none.
std::string formula_with(const WheelSet& set, std::size_t wheel, std::string_view name) {
  if (set.system.kind != LoaderKind::dyld) return {};
  if (auto formula = formula_in(name); !formula.empty()) return formula;
  for (const auto& library : set.libraries[wheel].libraries) {
    if (std::ranges::find(library.info.needed, name) == library.info.needed.end()) continue;
    for (const auto& entry : library.info.rpath)
      if (auto formula = formula_in(entry); !formula.empty()) return formula;
  }
  return {};
}

/// Whether pip on this machine takes the wheel's platform, of whichever C library.
bool is_for_this_system(const WheelName& name) {
  struct utsname self;
  const std::string_view machine = ::uname(&self) == 0 ? self.machine : "";
  return std::ranges::any_of(name.platform_tags(), [&](const std::string& text) {
    const auto tag = PlatformTag::parse(text);
    const auto loader = tag.loader();
    const bool is_linux = loader == LoaderKind::glibc || loader == LoaderKind::musl;
    return tag.system == PlatformTag::System::any || (is_linux && tag.machine == machine);
  });
}

/// ` --platform win_amd64 --python-version 3.11 --only-binary=:all:`, or nothing.
std::string options_for_other_system(const WheelName& name) {
  if (is_for_this_system(name)) return {};
  std::string options;
  for (const auto& platform : name.platform_tags()) options += " --platform " + platform;
  for (const auto& python : name.python_tags()) {
    if (const auto tag = parse_cpython_tag(python)) {
      options += " --python-version " + to_string(tag->version);
      break;
    }
  }
  return options + " --only-binary=:all:";
}

/// `/opt/env/bin/python3 -m pip`, of the environment's own Python if it is known.
std::string pip_of(const WheelSet& set) {
  const auto& program = set.environment.program;
  return program.empty() ? "pip" : printable(program) + " -m pip";
}

/// Of a wheel that has a file of this name where the layout has no place for it; empty if none has.
std::string advice_without_place(const WheelSet& set, std::string_view name) {
  for (const auto& edit : set.wheels) {
    for (const auto& entry : edit.paths())
      if (file_name(entry) == file_name(name) && !set.placed.path_of(edit.wheel(), entry))
        return fmt::format(
            "{} has it as {}, which goes to the prefix of a Python: this layout has no prefix, and `--layout "
            "shared` has",
            edit.wheel().name().distribution(), printable(entry));
  }
  return {};
}

/// What brings a library that no list has, if the system is known.
std::string package_of_system(std::string_view name) {
  const auto file = printable(file_name(name));
  return fmt::format("install the system's package that has it (`apt-file search {}`, `dnf provides '*/{}'`)",
                     file, file);
}

/// CUDA's libraries come in NVIDIA's wheels.
bool may_be_of_system(const LoaderSystem& system, std::string_view name) {
  return format_of(system.kind) == BinaryFormat::elf && system.promised.empty() &&
         !parse_cuda_library(file_name(name));
}

std::string advice_for_absent_installed(const WheelSet& set, std::size_t wheel, std::string_view name) {
  const std::string nowhere = "nothing that is installed has it";
  for (std::size_t other = 0; other < set.wheels.size(); ++other)
    if (is_lost(set, other, name)) return nowhere + "; " + advice_to_reinstall(set, other);
  const auto& source = set.wheels[wheel].wheel();
  const auto& project = source.name().distribution();
  const auto absent = required_and_absent(set, wheel);
  if (!absent.empty())
    return fmt::format("{}, and of what {} requires {}: `{} install {}`", nowhere, project,
                       absent.size() == 1 ? fmt::format("{} isn't", printable(*absent.begin()))
                                          : fmt::format("{} projects aren't", absent.size()),
                       pip_of(set), absent.size() == 1 ? printable(*absent.begin()) : project);
  if (source.record().rows().empty()) return nowhere + "; " + advice_to_reinstall(set, wheel);
  return fmt::format("{}, and no RECORD lists it{}", nowhere,
                     may_be_of_system(set.system, name) ? ": " + package_of_system(name) : "");
}

}  // namespace

std::string advice_to_reinstall(const WheelSet& set, std::size_t wheel) {
  const auto& source = set.wheels[wheel].wheel();
  const auto version = source.name().version_text();
  if (source.dist_info().empty() && !source.record().rows().empty())
    return fmt::format("`conda install --force-reinstall {}` installs it again",
                       source.name().distribution());
  const auto release = version.substr(0, version.find('+'));
  return fmt::format("{}`{} install --force-reinstall --no-deps {}{}` installs it again",
                     source.dist_info().empty() ? fmt::format("{} {} is installed without metadata; ",
                                                              source.name().distribution(), version)
                                                : "",
                     pip_of(set), source.name().distribution(), release == "0" ? "" : "==" + release);
}

python::PythonPlatform python_platform(const LoaderSystem& system) {
  switch (format_of(system.kind)) {
    case BinaryFormat::pe:
      return {"win32", "nt", "Windows"};
    case BinaryFormat::macho:
      return {"darwin", "posix", "Darwin"};
    case BinaryFormat::elf:
      break;
  }
  return {"linux", "posix", "Linux"};
}

std::vector<std::vector<std::size_t>> find_required(const std::vector<WheelEdit>& wheels,
                                                    const LoaderSystem& system) {
  std::map<std::string, std::size_t> by_project;
  for (std::size_t i = 0; i < wheels.size(); ++i)
    by_project.emplace(normalize_project_name(wheels[i].wheel().name().distribution()), i);
  std::vector<std::vector<std::size_t>> required(wheels.size());
  for (std::size_t i = 0; i < wheels.size(); ++i) {
    for (const auto& text : wheels[i].wheel().metadata().get_all("Requires-Dist")) {
      const auto requirement = parse_requirement(text);
      const auto found = by_project.find(requirement.project);
      if (found == by_project.end() || found->second == i) continue;
      if (evaluate_marker(requirement.marker, system) == Truth::no) continue;
      if (std::ranges::find(required[i], found->second) == required[i].end())
        required[i].push_back(found->second);
    }
  }
  return required;
}

Truth evaluate_marker(std::string_view marker, const LoaderSystem& system) {
  const auto platform = python_platform(system);
  MarkerEnvironment known = {{"os_name", platform.os_name},
                             {"platform_system", platform.platform_system},
                             {"sys_platform", platform.sys_platform}};
  // In a process of 32 bits Python names the machine of the system that it runs on.
  if (system.bits == 64) known["platform_machine"] = system.machine == "amd64" ? "AMD64" : system.machine;
  return evaluate_marker(marker, known);
}

std::string advice_for_absent(const WheelSet& set, std::size_t wheel, std::string_view name,
                              std::string_view alternative) {
  if (set.wheels[wheel].wheel().installation() != nullptr)
    return advice_for_absent_installed(set, wheel, name);
  const auto& source = set.wheels[wheel].wheel();
  if (is_lost(set, wheel, name))
    return fmt::format(
        "RECORD of {} lists it, but the wheel doesn't have it: take the published wheel again{}",
        source.name().distribution(), alternative);
  if (const auto formula = formula_with(set, wheel, name); !formula.empty())
    return fmt::format("`brew install {}` brings it: no wheel does, and the library looks there",
                       printable(formula));
  if (auto advice = advice_without_place(set, name); !advice.empty()) return advice;
  const auto absent = required_and_absent(set, wheel);
  if (absent.empty())
    return fmt::format("no given wheel has it: {}also give the wheel that has it{}",
                       may_be_of_system(set.system, name) ? package_of_system(name) + ", or " : "",
                       alternative);
  return fmt::format(
      "no given wheel has it, and of what {} requires {} not given: `pip download{} {}` fetches all",
      source.name().distribution(),
      absent.size() == 1 ? fmt::format("{} is", printable(*absent.begin()))
                         : fmt::format("{} projects are", absent.size()),
      options_for_other_system(source.name()), source.path().filename().string());
}

}  // namespace wheelfix
