#include "doctor/installed_checks.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/finding_sink.hpp"
#include "base/text.hpp"

namespace wheelfix {
namespace {

/// The modules of which no variant is imported, each by the path of one.
std::vector<std::string> foreign_modules(const WheelLibraries& libraries, const std::set<std::string>& abis) {
  std::map<std::string, std::vector<const WheelLibrary*>> variants;
  for (const auto& library : libraries.libraries) {
    const auto suffix = extension_suffix(library.path);
    if (!suffix || !library.is_module) continue;
    variants[library.path.substr(0, library.path.size() - suffix->text.size())].push_back(&library);
  }
  std::vector<std::string> foreign;
  for (const auto& [module, files] : variants) {
    const bool is_any = std::ranges::any_of(files, [&](const WheelLibrary* library) {
      return is_imported(*extension_suffix(library->path), abis);
    });
    if (!is_any) foreign.push_back(files.front()->path);
  }
  return foreign;
}

/// As a tag has it, of a library's.
std::string tag_of(const BinaryInfo& info) {
  switch (info.format) {
    case BinaryFormat::pe:
      return info.machine == "x86" ? "win32" : "win_" + info.machine;
    case BinaryFormat::macho:
      return "macosx_11_0_" + info.machine;
    case BinaryFormat::elf:
      return (c_library(info) == CLibrary::musl ? "musllinux_1_2_" : "linux_") + info.machine;
  }
  return {};
}

std::string tag_of_machine() {
  struct utsname machine {};
  ::uname(&machine);
  return std::string("linux_") + machine.machine;
}

/// How many of the modules have each value of a property.
template <class Property>
std::map<std::string, std::size_t> count_modules(const std::vector<WheelLibraries>& libraries,
                                                 Property property) {
  std::map<std::string, std::size_t> counts;
  for (const auto& wheel : libraries)
    for (const auto& library : wheel.libraries)
      if (library.is_module) ++counts[property(library)];
  return counts;
}

}  // namespace

std::string platform_of_libraries(const std::vector<WheelLibraries>& libraries) {
  const auto modules = count_modules(libraries, [](const auto& module) { return tag_of(module.info); });
  const auto most = std::ranges::max_element(modules, {}, [](const auto& item) { return item.second; });
  return most == modules.end() ? tag_of_machine() : most->first;
}

std::optional<PythonTarget> python_of_modules(const std::vector<WheelLibraries>& libraries) {
  const auto modules = count_modules(
      libraries, [](const auto& module) { return extension_suffix(module.path)->python.value_or(""); });
  std::optional<PythonTarget> best;
  std::size_t most = 0;
  for (const auto& [abi, count] : modules) {
    auto python = parse_python_target(abi);
    if (!python || count < most || (count == most && python->version < best->version)) continue;
    best = std::move(python);
    most = count;
  }
  return best;
}

std::set<std::string> abis_of(const PythonTarget& python) {
  std::set<std::string> abis;
  for (const auto& [tag, abi] : python.tags)
    if (abi != "none") abis.insert(abi);
  return abis;
}

std::vector<Finding> check_installed(const Wheel& wheel, const WheelLibraries& libraries,
                                     const PythonTarget& python) {
  FindingSink findings(wheel.path().string());
  const auto foreign = foreign_modules(libraries, abis_of(python));
  if (!foreign.empty()) {
    // A wheel for any Python may have modules for some, and do without.
    const bool is_for_it =
        !wheel.wheel_file().get_all("Tag").empty() && !fitting_tags(wheel.name(), python).empty();
    const auto& project = wheel.name().distribution();
    findings.add(
        FindingCode::foreign_modules, is_for_it ? Severity::warning : Severity::error, foreign.front(),
        fmt::format("is for another Python than {}{}", printable(python.name),
                    foreign.size() == 1
                        ? ""
                        : fmt::format(", as are {} more of {}", foreign.size() - 1, printable(project))),
        fmt::format("`pip install --force-reinstall {}` by this Python gets the one for it",
                    printable(project)));
  }
  return findings.take();
}

}  // namespace wheelfix
