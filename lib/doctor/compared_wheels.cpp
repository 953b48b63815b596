#include "doctor/compared_wheels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <wheelfix/error.hpp>

#include "base/text.hpp"
#include "doctor/python_target.hpp"
#include "doctor/tag_checks.hpp"
#include "library/entry_symbols.hpp"
#include "library/library_limits.hpp"

namespace wheelfix {
namespace {

using Path = std::filesystem::path;

/// The Pythons that a wheel is for by its tags; none: all.
std::vector<PythonTarget> pythons_of(const WheelName& name) {
  std::vector<PythonTarget> pythons;
  for (const auto& tag : wheel_tags(name)) {
    if (tag.abi == "none" || tag.abi.starts_with("abi3")) return {};
    auto python = parse_python_target(tag.abi);
    if (!python) python = parse_python_target(tag.python);
    if (!python) return {};
    pythons.push_back(std::move(*python));
  }
  return pythons;
}

bool is_same_system(const PlatformTag& one, const PlatformTag& other) {
  using System = PlatformTag::System;
  if (one.system == System::any || other.system == System::any) return true;
  const auto is_universal = [](const PlatformTag& tag) { return tag.machine.starts_with("universal"); };
  const bool is_same_loader = one.loader() ? one.loader() == other.loader() : one.system == other.system;
  return is_same_loader &&
         (is_universal(one) || is_universal(other) || is_same_machine(one.machine, other.machine));
}

bool is_same_system(const WheelName& one, const WheelName& other) {
  return std::ranges::any_of(one.platform_tags(), [&](const std::string& own) {
    return std::ranges::any_of(other.platform_tags(), [&](const std::string& text) {
      return is_same_system(PlatformTag::parse(own), PlatformTag::parse(text));
    });
  });
}

class Sorter {
 public:
  ComparedWheels run(const std::vector<Path>& given, const std::vector<Path>& versions,
                     const std::optional<std::string>& python) {
    for (const auto& path : versions)
      if (auto wheel = named(path)) add_version(std::move(*wheel));
    for (const auto& path : given)
      if (auto wheel = named(path)) add_given(std::move(*wheel));
    if (result_.given.empty())
      throw Error(ErrorCode::usage, "wheelfix doctor",
                  fmt::format("no wheel is given to be loaded with the versions of {}",
                              result_.project.empty() ? "another" : result_.project),
                  "give the wheel that was built for one of them, too");
    set_python(python);
    leave_out();
    std::ranges::stable_sort(result_.versions, [](const NamedWheel& one, const NamedWheel& other) {
      return std::tuple(one.name.version(), one.name.to_string()) <
             std::tuple(other.name.version(), other.name.to_string());
    });
    return std::move(result_);
  }

 private:
  /// Nothing, and a finding, if the file isn't named like a wheel.
  std::optional<NamedWheel> named(const Path& path) {
    try {
      auto name = WheelName::parse(path.filename().string());
      (void)name.version();
      return NamedWheel{path, std::move(name)};
    } catch (const Error& error) {
      result_.findings.push_back({.code = FindingCode::unreadable,
                                  .severity = Severity::error,
                                  .wheel = path.string(),
                                  .message = error.message(),
                                  .hint = error.hint()});
      return std::nullopt;
    }
  }

  void add_given(NamedWheel wheel) {
    if (wheel.project() == result_.project) return add_version(std::move(wheel));
    if (!is_new(wheel)) return;
    if (!result_.given.empty() && result_.given.front().project() == wheel.project())
      throw Error(ErrorCode::usage, wheel.path.string(),
                  fmt::format("is a wheel of {}, like {}: one can be compared", wheel.project(),
                              printable(result_.given.front().path.string())),
                  "run it once for each");
    result_.given.push_back(std::move(wheel));
  }

  /// Whether the file wasn't added before.
  bool is_new(const NamedWheel& wheel) {
    std::error_code ignored;
    return files_.insert(std::filesystem::weakly_canonical(wheel.path, ignored)).second;
  }

  void add_version(NamedWheel wheel) {
    const auto project = wheel.project();
    if (result_.project.empty()) result_.project = project;
    if (project != result_.project)
      throw Error(
          ErrorCode::usage, wheel.path.string(),
          fmt::format("is a wheel of {}, and {} is one of {}: only versions of one project can be compared",
                      project, printable(result_.versions.front().path.filename().string()), result_.project),
          fmt::format("name those of one, like --against '{}-*.whl', and give what they need beside "
                      "the wheel that is compared",
                      result_.versions.front().name.distribution()));
    if (is_new(wheel)) result_.versions.push_back(std::move(wheel));
  }

  void set_python(const std::optional<std::string>& python) {
    const auto& compared = result_.given.front();
    pythons_ = python ? std::vector{python_target(*python)} : pythons_of(compared.name);
    if (python && fitting_tags(compared.name, pythons_.front()).empty())
      throw Error(ErrorCode::usage, compared.path.string(),
                  fmt::format("{} doesn't accept the wheel", printable(pythons_.front().name)),
                  "name the Python that it was built for, or leave out --python");
  }

  bool fits(const WheelName& name) const {
    const bool is_for_python =
        pythons_.empty() || std::ranges::any_of(pythons_, [&](const PythonTarget& python) {
          return !fitting_tags(name, python).empty();
        });
    return is_for_python && is_same_system(result_.given.front().name, name);
  }

  void leave_out() {
    std::erase_if(result_.versions, [&](const NamedWheel& wheel) {
      if (fits(wheel.name)) return false;
      result_.left_out.push_back(wheel.path.string());
      return true;
    });
  }

  ComparedWheels result_;
  std::set<Path> files_;
  std::vector<PythonTarget> pythons_;
};

}  // namespace

ComparedWheels sort_out(const std::vector<Path>& given, const std::vector<Path>& versions,
                        const std::optional<std::string>& python) {
  return Sorter().run(given, versions, python);
}

ReadWheel WheelReader::read(const Path& path) {
  if (auto known = cache_.find(path))
    return {WheelEdit(std::move(known->wheel)), std::move(known->libraries), std::move(known->code)};
  std::vector<WheelEdit> wheels = {WheelEdit(Wheel::open(path, options_.limits))};
  auto libraries = read_libraries(
      wheels, {.jobs = options_.jobs, .progress = options_.progress, .cuda_archs = false, .symbols = true});
  return {std::move(wheels.front()), std::move(libraries.front()), {}};
}

}  // namespace wheelfix
