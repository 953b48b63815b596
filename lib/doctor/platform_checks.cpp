#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/finding_sink.hpp"
#include "base/text.hpp"
#include "doctor/tag_checks.hpp"

namespace wheelfix {

namespace {

using System = PlatformTag::System;
using Texts = std::vector<std::string>;

/// The machines that a macOS tag is for. Source: PEP 425 and packaging.tags.
Texts mac_machines(const std::string& tag) {
  struct Meaning {
    std::string_view tag;
    Texts machines;
  };
  static const std::array<Meaning, 6> meanings = {{{"universal2", {"x86_64", "arm64"}},
                                                   {"intel", {"x86_64", "i386"}},
                                                   {"universal", {"i386", "ppc", "ppc64", "x86_64"}},
                                                   {"fat", {"i386", "ppc"}},
                                                   {"fat32", {"i386", "ppc"}},
                                                   {"fat64", {"x86_64", "ppc64"}}}};
  const auto found = std::ranges::find(meanings, tag, &Meaning::tag);
  return found == meanings.end() ? Texts{tag} : found->machines;
}

bool is_linux(const PlatformTag& tag) {
  return tag.system == System::any_linux || tag.system == System::manylinux ||
         tag.system == System::musllinux;
}

/// By the names of Android's ABIs.
std::string_view android_machine(std::string_view abi) {
  if (abi == "arm64_v8a") return "aarch64";
  if (abi == "armeabi_v7a") return "armv7l";
  return abi == "x86" ? "i686" : abi;
}

/// Whether a system of the tag can map the library, on at least one of its machines.
bool fits(const PlatformTag& tag, const BinaryInfo& info) {
  constexpr std::string_view of_phone = "_iphone";  // arm64_iphoneos, x86_64_iphonesimulator
  if (tag.system == System::ios)
    return info.format == BinaryFormat::macho &&
           slice_for(info, std::string_view(tag.machine).substr(0, tag.machine.find(of_phone))) != nullptr;
  if (tag.system == System::android)
    return info.format == BinaryFormat::elf && is_same_machine(android_machine(tag.machine), info.machine);
  if (!is_linux(tag) && tag.system != System::windows && tag.system != System::macos) return true;
  if (tag.system == System::windows) return info.format == BinaryFormat::pe && info.machine == tag.machine;
  if (is_linux(tag)) return info.format == BinaryFormat::elf && is_same_machine(tag.machine, info.machine);
  return info.format == BinaryFormat::macho &&
         std::ranges::any_of(mac_machines(tag.machine),
                             [&](const std::string& machine) { return slice_for(info, machine) != nullptr; });
}

/// Whether a system of the tag can start the program. Windows and macOS also start those of machines that
/// they emulate, and 64-bit Linux those of 32 bits.
bool starts(const PlatformTag& tag, const BinaryInfo& info) {
  if (tag.system == System::windows) return info.format == BinaryFormat::pe;
  if (tag.system == System::macos) return info.format == BinaryFormat::macho;
  return !is_linux(tag) || (info.format == BinaryFormat::elf && info.bits == 32) || fits(tag, info);
}

std::string described(const BinaryInfo& info) {
  constexpr std::array<std::string_view, 3> systems = {"Linux", "Windows", "macOS"};
  return fmt::format("{} on {}", systems.at(static_cast<std::size_t>(info.format)), info.machine);
}

class PlatformChecker {
 public:
  PlatformChecker(const Wheel& wheel, const WheelName& name, const WheelLibraries& libraries)
      : wheel_(wheel), name_(name), libraries_(libraries), findings_(wheel.path().string()) {
    for (const auto& text : name.platform_tags()) tags_.push_back(PlatformTag::parse(text));
    for (const auto& library : libraries.libraries) {
      const auto fitting = [&](const PlatformTag& tag) { return fits(tag, library.info); };
      has_fitting_ = has_fitting_ || (is_loadable(library) && std::ranges::any_of(tags_, fitting));
      if (is_script(library)) scripts_.push_back(&library);
    }
  }

  std::vector<Finding> run() {
    if (std::ranges::find(tags_, System::any, &PlatformTag::system) != tags_.end()) {
      check_any();
      return findings_.take();
    }
    check_none();
    check_scripts();
    for (const auto& library : libraries_.libraries) {
      if (!is_loadable(library) || is_of_other_system(library)) continue;
      const auto fitting = [&](const PlatformTag& tag) { return fits(tag, library.info); };
      if (std::ranges::none_of(tags_, fitting)) {
        if (!is_module(library) && has_fitting_) continue;  // brought for other machines too, on purpose
        findings_.add(
            FindingCode::wrong_machine, hard(library), library.path,
            fmt::format("is for {}, and the wheel's {} {}", described(library.info), tag_word(), tag_list()),
            "no system that installs the wheel can load it: build it for the tag's system");
      } else if (library.info.format == BinaryFormat::macho) {
        check_slices(library);
        check_macos(library);
      } else if (library.info.format == BinaryFormat::elf) {
        check_libc(library);
      }
    }
    return findings_.take();
  }

 private:
  static Severity hard(const WheelLibrary& library) {
    return is_module(library) ? Severity::error : Severity::warning;
  }

  const char* tag_word() const { return tags_.size() == 1 ? "tag is" : "tags are"; }
  std::string tag_list() const { return fmt::format("{}", fmt::join(name_.platform_tags(), ", ")); }

  /// A program that installers put into bin.
  bool is_script(const WheelLibrary& library) const {
    const auto& data = wheel_.data_dir();
    return library.info.is_program && data && library.path.starts_with(*data + "/scripts/");
  }

  /// Those for other systems may be next to one for the tag's.
  void check_scripts() {
    const auto is_startable = [&](const WheelLibrary* program) {
      return std::ranges::any_of(tags_, [&](const PlatformTag& tag) { return starts(tag, program->info); });
    };
    for (const auto* program : scripts_)
      if (program->info.format == BinaryFormat::elf) check_libc(*program);
    if (scripts_.empty() || std::ranges::any_of(scripts_, is_startable)) return;
    findings_.warning(FindingCode::wrong_machine, scripts_.front()->path,
                      fmt::format("is a program for {}, and the wheel's {} {}",
                                  described(scripts_.front()->info), tag_word(), tag_list()),
                      "no system that installs the wheel can start it: build it for the tag's system");
  }

  /// A module whose name only Pythons of another system look for: check_modules reports it.
  bool is_of_other_system(const WheelLibrary& library) const {
    const auto suffix = extension_suffix(library.path);
    if (!suffix || suffix->text == ".so") return false;
    const bool is_windows = std::ranges::find(tags_, System::windows, &PlatformTag::system) != tags_.end();
    const bool is_other = std::ranges::any_of(
        tags_, [](const PlatformTag& tag) { return is_linux(tag) || tag.system == System::macos; });
    return suffix->text.ends_with(".pyd") ? !is_windows && is_other : is_windows && !is_other;
  }

  /// A wheel of Python code for one platform, which is all that is left if its libraries were lost. One that
  /// has files for compilers is for one platform because of these.
  void check_none() {
    if (!libraries_.libraries.empty() || !libraries_.findings.empty()) return;
    const auto& entries = wheel_.entries();
    const auto has = [&](std::string_view ending) {
      return std::ranges::any_of(
          entries, [&](const auto& entry) { return ascii_lower(entry.path).ends_with(ending); });
    };
    constexpr std::array<std::string_view, 12> others = {".a",  ".lib", ".h",   ".hpp", ".hh",   ".cuh",
                                                         ".bc", ".o",   ".jar", ".js",  ".wasm", ".cmake"};
    if (!has(".py") || std::ranges::any_of(others, has)) return;
    findings_.warning(
        FindingCode::platform_without_library, std::nullopt,
        fmt::format("has no library and no program, and the {} {}", tag_word(), tag_list()),
        "if its code needs a library, that was left out when the wheel was built, and imports fail: take "
        "another version");
  }

  void check_any() {
    const WheelLibrary* first = nullptr;
    std::size_t count = 0;
    for (const auto& library : libraries_.libraries) {
      // A launcher of Windows may be there besides.
      const bool is_tool = is_script(library) && library.info.format != BinaryFormat::pe;
      if (!is_loadable(library) && !is_tool) continue;
      if (count++ == 0) first = &library;
    }
    if (first == nullptr) return;
    const auto others =
        count == 1 ? "" : fmt::format(" ({} more {} in the wheel)", count - 1, count == 2 ? "is" : "are");
    findings_.warning(
        FindingCode::any_with_libraries, first->path,
        fmt::format("is a {} for {}{}, in a wheel that is tagged for any platform",
                    first->info.is_program ? "program" : "library", described(first->info), others),
        fmt::format("the wheel installs on systems that can't {} it: give it a platform tag",
                    first->info.is_program ? "start" : "load"));
  }

  /// Reports a machine that the tags promise, and for which the library has no slice.
  void check_slices(const WheelLibrary& library) {
    Texts missing;
    for (const auto& tag : tags_) {
      if (tag.system != System::macos) continue;
      for (const auto& machine : promised_machines(tag))
        if (slice_for(library.info, machine) == nullptr &&
            std::ranges::find(missing, machine) == missing.end())
          missing.push_back(machine);
    }
    if (missing.empty()) return;
    findings_.add(FindingCode::missing_slice, hard(library), library.path,
                  fmt::format("is only for {}, and the wheel's {} {}, so {} can't load it",
                              library.info.machine, tag_word(), tag_list(), fmt::join(missing, ", ")),
                  "join the libraries of both machines with lipo or delocate-fuse, or make a wheel for each");
  }

  /// Machines of old Macs don't count: ppc, and i386 next to x86_64.
  static Texts promised_machines(const PlatformTag& tag) {
    auto machines = mac_machines(tag.machine);
    if (machines.size() > 1)
      std::erase_if(machines, [](const std::string& name) { return name != "x86_64" && name != "arm64"; });
    return machines;
  }

  /// The oldest macOS that the tags promise on this machine; for arm64 at least 11.
  std::optional<PlatformVersion> promised_macos(const std::string& machine) const {
    constexpr PlatformVersion first_arm64{11, 0}, also_11{10, 16};
    std::optional<PlatformVersion> oldest;
    for (const auto& tag : tags_) {
      const auto machines = mac_machines(tag.machine);
      if (tag.system != System::macos || std::ranges::find(machines, machine) == machines.end()) continue;
      const bool is_11 = *tag.version >= also_11 || machine == "arm64";
      const auto version = is_11 ? std::max(*tag.version, first_arm64) : *tag.version;
      oldest = oldest ? std::min(*oldest, version) : version;
    }
    return oldest;
  }

  void check_macos(const WheelLibrary& library) {
    for (const std::string machine : {"x86_64", "arm64", "i386"}) {
      const auto* slice = slice_for(library.info, machine);
      const auto promised = promised_macos(machine);
      const auto text = slice != nullptr ? minimum_macos(*slice) : std::nullopt;
      const auto least = PlatformVersion::parse(text.value_or(""));
      if (!promised || !least || *least <= *promised) continue;
      findings_.warning(
          FindingCode::macos_too_new, library.path,
          fmt::format("needs macOS {} on {}, and the wheel's tag promises {}", *text, machine,
                      to_string(*promised)),
          "older systems install the wheel and can't load it: set MACOSX_DEPLOYMENT_TARGET, or give the "
          "wheel "
          "the newer tag");
    }
  }

  void check_libc(const WheelLibrary& library) {
    const auto c_library_of = c_library(library.info);
    const auto all = [&](System system) {
      return std::ranges::all_of(tags_, [&](const PlatformTag& tag) { return tag.system == system; });
    };
    const bool is_wrong = (c_library_of == CLibrary::musl && all(System::manylinux)) ||
                          (c_library_of == CLibrary::glibc && all(System::musllinux));
    if (!is_wrong) return;
    findings_.add(FindingCode::wrong_libc, hard(library), library.path,
                  fmt::format("is linked to {}, and the wheel's {} {}", to_string(c_library_of), tag_word(),
                              tag_list()),
                  "systems of the tag have another C library: build the library in an image for that tag");
  }

  const Wheel& wheel_;
  const WheelName& name_;
  const WheelLibraries& libraries_;
  std::vector<PlatformTag> tags_;
  bool has_fitting_ = false;  ///< a library for a machine of the tags
  std::vector<const WheelLibrary*> scripts_;
  FindingSink findings_;
};

}  // namespace

std::vector<Finding> check_platform(const Wheel& wheel, const WheelName& name,
                                    const WheelLibraries& libraries) {
  return PlatformChecker(wheel, name, libraries).run();
}

}  // namespace wheelfix
