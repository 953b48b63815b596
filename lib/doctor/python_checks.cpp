#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <wheelfix/error.hpp>
#include <wheelfix/version_specifiers.hpp>

#include "base/finding_sink.hpp"
#include "doctor/python_target.hpp"
#include "doctor/tag_checks.hpp"

namespace wheelfix {

namespace {

using Texts = std::vector<std::string>;

bool is_stable(std::string_view abi) {
  return abi == "abi3" || abi == "abi3t";
}

/// Whether the Python tag isn't what is wrong with this ABI: older ones are only valid with the stable ABI.
bool has_python(const PythonTarget& target, std::string_view python, std::string_view abi) {
  return std::ranges::any_of(target.tags, [&](const auto& tag) {
    return tag.first == python && (is_stable(abi) || !is_stable(tag.second));
  });
}

bool has_pair(const PythonTarget& target, std::string_view python, std::string_view abi) {
  return std::ranges::any_of(target.tags,
                             [&](const auto& tag) { return tag.first == python && tag.second == abi; });
}

bool has_platform(const PythonTarget& target, std::string_view platform) {
  return !target.platforms || std::ranges::find(*target.platforms, platform) != target.platforms->end();
}

template <typename Part>
Texts distinct(const PythonTarget& target, Part part) {
  Texts texts;
  for (const auto& tag : target.tags)
    if (std::ranges::find(texts, part(tag)) == texts.end()) texts.push_back(part(tag));
  return texts;
}

class PythonChecker {
 public:
  PythonChecker(const Wheel& wheel, const PythonTarget& target)
      : wheel_(wheel), target_(target), findings_(wheel.path().string()) {}

  std::vector<Finding> run() {
    if (fitting_tags(wheel_.name(), target_).empty()) check_parts();
    check_requires_python();
    return findings_.take();
  }

 private:
  void check_parts() {
    const auto& name = wheel_.name();
    bool fits_python = false, fits_abi = false;
    for (const auto& python : name.python_tags()) {
      for (const auto& abi : name.abi_tags()) {
        fits_python = fits_python || has_python(target_, python, abi);
        fits_abi = fits_abi || has_pair(target_, python, abi);
      }
    }
    const auto join = [](const Texts& texts) { return fmt::format("{}", fmt::join(texts, ", ")); };
    if (!fits_python) {
      add_part(FindingCode::wrong_python, "Python tag", join(name.python_tags()),
               "it accepts " + join(distinct(target_, [](const auto& tag) { return tag.first; })));
    } else if (!fits_abi) {
      add_part(FindingCode::wrong_abi, "ABI tag", join(name.abi_tags()),
               "it accepts " + join(distinct(target_, [](const auto& tag) { return tag.second; })) +
                   (is_free_threaded() ? "; it doesn't accept modules for the Python with the GIL" : ""));
    } else {
      add_part(FindingCode::wrong_platform, "platform tag", join(name.platform_tags()), platforms_hint());
    }
  }

  bool is_free_threaded() const {
    const auto abi = target_.tags.empty() ? std::nullopt : parse_cpython_tag(target_.tags.front().second);
    return abi && abi->free_threaded;
  }

  void add_part(FindingCode code, const char* part, const std::string& tags, std::string hint) {
    findings_.error(
        code, std::nullopt,
        fmt::format("{} doesn't accept the wheel: its {} is {}", printable(target_.name), part, tags),
        std::move(hint));
  }

  /// The newest of each kind is shown for all.
  std::string platforms_hint() const {
    if (!target_.platforms) {
      const bool is_for_any = wheel_.name().platform_tags() == Texts{"any"};
      return is_for_any ? "with that Python tag and ABI tag it accepts wheels for one platform, not for any"
                        : "with that Python tag and ABI tag it accepts only wheels for any platform";
    }
    Texts newest;
    const std::string prefixes[] = {"linux_", "manylinux_", "musllinux_"};
    for (const auto& prefix : prefixes) {
      const auto found = std::ranges::find_if(
          *target_.platforms, [&](const std::string& platform) { return platform.starts_with(prefix); });
      if (found != target_.platforms->end())
        newest.push_back(*found + (prefix == "linux_" ? "" : " and older"));
    }
    if (newest.empty()) newest = *target_.platforms;
    return fmt::format("it accepts {}", fmt::join(newest, ", "));
  }

  void check_requires_python() {
    const auto text = wheel_.metadata().get("Requires-Python");
    if (!text) return;
    const auto path = wheel_.dist_info() + "/METADATA";
    try {
      const auto set = VersionSpecifiers::parse(*text);
      const auto version = to_string(target_.version);
      // If it is given by its tag, it may be any patch release.
      const bool first = set.contains(target_.full_version.value_or(Version::parse(version + ".0")));
      const bool last = set.contains(target_.full_version.value_or(Version::parse(version + ".999")));
      if (first && last) return;
      const auto severity = !first && !last ? Severity::error : Severity::note;
      const auto version_text = target_.full_version ? target_.full_version->to_string() : version;
      findings_.add(FindingCode::requires_python, severity, path,
                    severity == Severity::error
                        ? fmt::format("Requires-Python is {}, and {} is {}", printable(*text),
                                      printable(target_.name), version_text)
                        : fmt::format("Requires-Python is {}, which only some of Python {} meet",
                                      printable(*text), version_text),
                    "pip and uv refuse the wheel if it isn't met");
    } catch (const Error& error) {
      findings_.warning(FindingCode::requires_python_unreadable, path,
                        fmt::format("Requires-Python is {}: {}", printable(*text), error.message()),
                        "pip accepts the wheel for any Python, and warns; others refuse it");
    }
  }

  const Wheel& wheel_;
  const PythonTarget& target_;
  FindingSink findings_;
};

}  // namespace

bool takes(const PythonTarget& target, std::string_view python, std::string_view abi,
           std::string_view platform) {
  if (!has_pair(target, python, abi)) return false;
  // packaging.tags gives PyPy `pp3-none-any` and `pp310-none-PLATFORM`, and not the other way around.
  const bool is_any = platform == "any";
  if (python.starts_with("pp") && abi == "none" && is_any != (python == "pp3")) return false;
  return is_any ? abi == "none" : has_platform(target, platform);
}

std::vector<std::string> fitting_tags(const WheelName& name, const PythonTarget& target) {
  std::vector<std::string> fitting;
  for (const auto& python : name.python_tags())
    for (const auto& abi : name.abi_tags())
      for (const auto& platform : name.platform_tags())
        if (takes(target, python, abi, platform))
          fitting.push_back(fmt::format("{}-{}-{}", python, abi, platform));
  return fitting;
}

std::vector<Finding> check_python(const Wheel& wheel, const PythonTarget& target) {
  return PythonChecker(wheel, target).run();
}

}  // namespace wheelfix
