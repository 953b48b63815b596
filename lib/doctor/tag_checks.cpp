#include "doctor/tag_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/finding_sink.hpp"
#include "base/text.hpp"
#include "environment/python_tag.hpp"
#include "loader/machine_names.hpp"

namespace wheelfix {

namespace {

using System = PlatformTag::System;

/// How many of a tag's Pythons import a module.
enum class Fit { none, some, all };

bool is_meant(const std::string& python, const std::string& abi) {
  const auto interpreter = parse_cpython_tag(python);
  const auto version = parse_cpython_tag(abi);
  return !interpreter || !version || interpreter->version == version->version;
}

/// The system and machine in a module's suffix, as in `.cpython-311-x86_64-linux-gnu.so`.
bool fits_platform(const ExtensionSuffix& suffix, const PlatformTag& tag) {
  const bool is_windows = suffix.text.ends_with(".pyd");
  if (!tag.loader()) return tag.system == System::any || tag.system == System::other || !is_windows;
  if (is_windows != (tag.system == System::windows)) return false;
  const auto dot = suffix.text.rfind('.');
  if (dot == 0) return true;
  const auto parts = split(std::string_view(suffix.text).substr(1, dot - 1), '-');
  if (is_windows) {
    const auto in_suffix = PlatformTag::parse(parts.back());
    return in_suffix.system != System::windows || in_suffix.machine == tag.machine;
  }
  const auto linux_at = std::ranges::find(parts, "linux");
  if (linux_at == parts.end() || linux_at == parts.begin())
    return tag.system == System::macos || std::ranges::find(parts, "darwin") == parts.end();
  if (tag.system == System::macos) return false;
  const auto multiarch = machine_names(tag.machine).multiarch;
  const auto machine = *(linux_at - 1);
  return machine == split(multiarch, '-').front() || is_same_machine(tag.machine, machine);
}

Fit fit_stable(bool is_abi3t, const WheelTag& tag) {
  const auto abi = parse_cpython_tag(tag.abi);
  if (abi) {
    if (is_abi3t) return abi->version >= first_abi3t ? Fit::all : Fit::none;
    return abi->free_threaded ? Fit::none : Fit::all;
  }
  if (tag.abi == "abi3t" && !is_abi3t) return Fit::some;
  if (tag.abi != "abi3" || !is_abi3t) return Fit::all;
  const auto cpython = parse_cpython_tag(tag.python);
  return cpython && cpython->version >= first_abi3t ? Fit::all : Fit::some;
}

Fit all_if(bool condition) {
  return condition ? Fit::all : Fit::none;
}

/// A module for one CPython.
Fit fit_cpython(const CPythonTag& module, const WheelTag& tag) {
  if (const auto abi = parse_cpython_tag(tag.abi)) return all_if(*abi == module);
  const auto cpython = parse_cpython_tag(tag.python);
  if (tag.abi == "abi3" || tag.abi == "abi3t")
    return cpython && module.version >= cpython->version && module.free_threaded == (tag.abi == "abi3t")
               ? Fit::some
               : Fit::none;
  if (cpython) return all_if(cpython->version == module.version);
  if (!tag.python.starts_with("py")) return Fit::none;
  const auto digits = std::string_view(tag.python).substr(2);
  if (digits.size() == 1)
    return module.version.major == static_cast<unsigned>(digits[0] - '0') ? Fit::some : Fit::none;
  const auto version = parse_nodot_version(digits);
  if (!version || *version == module.version) return Fit::all;
  return version->major == module.version.major && *version < module.version ? Fit::some : Fit::none;
}

Fit fit_python(const ExtensionSuffix& suffix, const WheelTag& tag) {
  if (suffix.abi3) return fit_stable(suffix.free_threaded, tag);
  if (!suffix.python) return Fit::all;
  if (const auto cpython = parse_cpython_tag(*suffix.python)) return fit_cpython(*cpython, tag);
  if (tag.abi == "none") return Fit::some;
  return all_if(tag.abi.starts_with(*suffix.python));
}

/// The library of Python itself by its name in a needed list: `libpython3.11.so.1.0`, `python313t.dll`,
/// `@rpath/libpython3.11.dylib`, `/Library/Frameworks/Python.framework/Versions/3.11/Python`. Nothing for
/// those of the stable ABI, `python3.dll`.
std::optional<CPythonTag> python_library(std::string_view needed) {
  const bool is_framework = needed.find("Python.framework/") != std::string_view::npos ||
                            needed.find("PythonT.framework/") != std::string_view::npos;
  const auto lower = ascii_lower(needed);
  auto name = file_name(lower);
  if (is_framework) {
    name = std::string_view(lower).substr(0, lower.rfind('/'));
    name = file_name(name);
  } else {
    if (name.starts_with("lib")) name.remove_prefix(3);
    if (!name.starts_with("python")) return std::nullopt;
    name.remove_prefix(6);
  }
  std::string tag = "cp";
  for (const char c : name.substr(0, name.find_first_not_of("0123456789.tmdu")))
    if (c != '.') tag += c;
  while (!tag.empty() && tag.ends_with('d') && name.ends_with(".dll")) tag.pop_back();
  auto parsed = parse_cpython_tag(tag);
  if (parsed && needed.find("PythonT.framework/") != std::string_view::npos) parsed->free_threaded = true;
  return parsed;
}

class ModuleChecker {
 public:
  ModuleChecker(const Wheel& wheel, const WheelName& name, const WheelLibraries& libraries)
      : libraries_(libraries), tags_(wheel_tags(name)), findings_(wheel.path().string()) {}

  std::vector<Finding> run() {
    check_tag_forms();
    std::map<std::string, std::vector<const WheelLibrary*>> modules;
    for (const auto& library : libraries_.libraries) {
      const bool counts = is_loadable(library) && library.is_module && !is_foreign(library.path);
      const auto suffix = counts ? extension_suffix(library.path) : std::nullopt;
      if (suffix)
        modules[library.path.substr(0, library.path.size() - suffix->text.size())].push_back(&library);
    }
    for (const auto& [name, variants] : modules) check_module(variants);
    for (const auto& library : libraries_.libraries)
      if (is_loadable(library)) check_python_library(library);
    return findings_.take();
  }

 private:
  /// A plain .so in a wheel for Windows alone, where such a file is no module.
  bool is_foreign(std::string_view path) const {
    const auto is_windows = [](const WheelTag& tag) { return tag.platform.system == System::windows; };
    return extension_suffix(path)->text == ".so" && std::ranges::all_of(tags_, is_windows);
  }

  void check_tag_forms() {
    const auto has_machine = [](const WheelTag& tag) { return tag.platform.is_of_some_machine(); };
    if (std::ranges::any_of(tags_, is_of_some_python)) {
      if (std::ranges::none_of(tags_, has_machine)) add_no_machine();
      return;
    }
    findings_.error(
        FindingCode::tag_of_no_python, std::nullopt,
        fmt::format("no Python accepts the {} {}", tags_.size() == 1 ? "tag" : "tags", tag_list()),
        "no installer accepts the wheel: a tag is like cp311-cp311-PLATFORM, cp38-abi3-PLATFORM, "
        "py3-none-PLATFORM or py3-none-any");
  }

  void add_no_machine() {
    findings_.error(
        FindingCode::tag_of_no_python, std::nullopt,
        fmt::format("no machine's Python accepts the {} {}", tags_.size() == 1 ? "tag" : "tags", tag_list()),
        "no installer accepts the wheel: the tags of macOS are X_0 from 11 on, and those of arm64 "
        "begin there; manylinux is for machines of PEP 600, from 2_5 on for x86_64 and i686 and "
        "from 2_17 on for others; Windows has win32, win_amd64 and win_arm64");
  }

  std::string tag_list() const {
    std::vector<std::string> texts;
    for (const auto& tag : tags_) {
      if (texts.size() == 5) return fmt::format("{} and {} more", fmt::join(texts, ", "), tags_.size() - 5);
      texts.push_back(tag.text);
    }
    return fmt::format("{}", fmt::join(texts, ", "));
  }

  const std::vector<Fit>& fits(const ExtensionSuffix& suffix) {
    const auto [found, is_new] = fits_.try_emplace(suffix.text);
    if (is_new) {
      for (const auto& tag : tags_)
        found->second.push_back(fits_platform(suffix, tag.platform) ? fit_python(suffix, tag) : Fit::none);
    }
    return found->second;
  }

  /// Files of one module for several Pythons; for each tag the best counts.
  void check_module(const std::vector<const WheelLibrary*>& variants) {
    std::vector<Fit> best(tags_.size(), Fit::none);
    for (const auto* variant : variants) {
      const auto& fit = fits(*extension_suffix(variant->path));
      std::ranges::transform(best, fit, best.begin(), [](Fit a, Fit b) { return std::max(a, b); });
    }
    const auto lacking = std::ranges::find_if(best, [](Fit fit) { return fit != Fit::all; });
    if (lacking == best.end()) return;
    const auto& tag = tags_[static_cast<std::size_t>(lacking - best.begin())];
    const auto suffix = *extension_suffix(variants.front()->path);
    if (std::ranges::all_of(best, [](Fit fit) { return fit == Fit::none; })) {
      add_wrong_suffix(variants.front()->path, suffix);
    } else if (tag.abi == "abi3" || tag.abi == "abi3t") {
      findings_.error(
          FindingCode::not_abi3, variants.front()->path,
          fmt::format(
              "is an extension module with the suffix {}, and other Pythons that the tag {} promises don't "
              "import it",
              suffix.text, tag.text),
          "the wheel installs for them and the import fails: build the module for the stable ABI, as "
          "X.abi3.so");
    } else {
      findings_.warning(
          FindingCode::suffix_of_one_python, variants.front()->path,
          fmt::format(
              "is an extension module with the suffix {}, and other Pythons that the tag {} promises don't "
              "import it",
              suffix.text, tag.text),
          "the wheel installs for them anyway, without this module");
    }
  }

  void add_wrong_suffix(const std::string& path, const ExtensionSuffix& suffix) {
    const auto is_free_threaded = [](const WheelTag& tag) {
      const auto abi = parse_cpython_tag(tag.abi);
      return abi && abi->free_threaded;
    };
    const auto name_of = [](bool free_threaded) {
      return free_threaded ? "a free-threaded Python" : "a Python with the GIL";
    };
    const auto count = std::ranges::count_if(tags_, is_free_threaded);
    const bool wants_other = (suffix.python || suffix.abi3) &&
                             count == (suffix.free_threaded ? 0 : static_cast<std::ptrdiff_t>(tags_.size()));
    const auto why = wants_other ? fmt::format(": it is for {}, they are for {}",
                                               name_of(suffix.free_threaded), name_of(!suffix.free_threaded))
                                 : std::string();
    findings_.error(
        FindingCode::extension_suffix, path,
        fmt::format("is an extension module with the suffix {}, which no Python of the {} {} imports{}",
                    suffix.text, tags_.size() == 1 ? "tag" : "tags", tag_list(), why),
        "the module was built for another Python than the wheel: build both for the same");
  }

  void check_python_library(const WheelLibrary& library) {
    auto names = library.info.needed;
    names.insert(names.end(), library.info.delay_needed.begin(), library.info.delay_needed.end());
    for (const auto& needed : names) {
      const auto python = python_library(needed);
      const auto is_wrong = [&](const WheelTag& tag) { return is_other_python(*python, tag); };
      if (!python || tags_.empty() || !std::ranges::all_of(tags_, is_wrong)) continue;
      findings_.error(
          FindingCode::python_library, library.path,
          fmt::format("needs {}, the library of Python {}{}, and the wheel's {} {}", printable(needed),
                      to_string(python->version), python->free_threaded ? " free-threaded" : "",
                      tags_.size() == 1 ? "tag is" : "tags are", tag_list()),
          "it fails, or loads a second Python into the process: a module for the stable ABI needs "
          "python3.dll "
          "on Windows, and no library of Python elsewhere");
    }
  }

  static bool is_other_python(const CPythonTag& library, const WheelTag& tag) {
    if (tag.abi == "abi3" || tag.abi == "abi3t") return true;
    const auto cpython = parse_cpython_tag(tag.python);
    const auto abi = parse_cpython_tag(tag.abi);
    if (!cpython) return false;
    return cpython->version != library.version || (abi && abi->free_threaded != library.free_threaded);
  }

  const WheelLibraries& libraries_;
  std::vector<WheelTag> tags_;
  std::map<std::string, std::vector<Fit>> fits_;  ///< by suffix, for each tag
  FindingSink findings_;
};

}  // namespace

std::vector<WheelTag> wheel_tags(const WheelName& name) {
  std::vector<WheelTag> tags;
  for (const bool keep_all : {false, true}) {
    for (const auto& python : name.python_tags())
      for (const auto& abi : name.abi_tags())
        for (const auto& platform : name.platform_tags())
          if (keep_all || is_meant(python, abi))
            tags.push_back(
                {python, abi, PlatformTag::parse(platform), fmt::format("{}-{}-{}", python, abi, platform)});
    if (!tags.empty()) break;
  }
  return tags;
}

bool is_of_some_python(const WheelTag& tag) {
  const bool is_generic =
      tag.python.starts_with("py") && tag.python.size() > 2 && is_ascii_digit(tag.python[2]);
  const auto cpython = parse_cpython_tag(tag.python);
  if (tag.abi != "none" && tag.platform.system == System::any) return false;
  if (is_generic) return tag.abi == "none";
  if (tag.abi == "abi3" || tag.abi == "abi3t")
    return cpython && cpython->version >= first_abi3 && is_ascii_digit(tag.python.back());
  return !cpython || is_ascii_digit(tag.python.back());
}

bool is_loadable(const WheelLibrary& library) {
  const auto& info = library.info;
  const auto is_runtime = [](const std::string& name) { return ascii_lower(name) == "mscoree.dll"; };
  return info.is_dynamic && !info.is_program &&
         (info.format != BinaryFormat::pe || !std::ranges::all_of(info.needed, is_runtime));
}

bool is_module(const WheelLibrary& library) {
  const auto suffix = extension_suffix(library.path);
  return library.is_module && suffix && (suffix->python || suffix->abi3 || suffix->text == ".pyd");
}

bool is_same_machine(std::string_view tag, std::string_view machine) {
  constexpr std::string_view arm = "armv";
  return tag == machine || (tag.starts_with(arm) && machine.starts_with(arm));
}

std::vector<Finding> check_modules(const Wheel& wheel, const WheelName& name,
                                   const WheelLibraries& libraries) {
  return ModuleChecker(wheel, name, libraries).run();
}

std::vector<Finding> check_tags(const Wheel& wheel, const WheelLibraries& libraries,
                                const LibraryIndex* names, const WheelSet* set) {
  FindingSink findings(wheel.path().string());
  findings.add(check_modules(wheel, wheel.name(), libraries));
  findings.add(check_platform(wheel, wheel.name(), libraries));
  findings.add(check_versions(wheel, libraries, names, set));
  return findings.take();
}

}  // namespace wheelfix
