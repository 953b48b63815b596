#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/finding_sink.hpp"
#include "doctor/tag_checks.hpp"
#include "environment/promised_versions.hpp"
#include "environment/set_symbols.hpp"

namespace wheelfix {
namespace {

using System = PlatformTag::System;

constexpr std::string_view libstdcxx = "libstdc++.so.6";

/// A version that a library needs, and the glibc of the oldest policy that promises it.
struct NeededVersion {
  std::string_view file;
  std::string_view name;
  std::string promised;                  ///< the newest of its kind by the wheel's tags
  std::optional<PlatformVersion> since;  ///< nothing: no policy does
  std::string_view symbol = {};          ///< that is needed without a version

  bool is_newer_than(const NeededVersion& other) const {
    return other.since && (!since || *since > *other.since);
  }
};

class VersionChecker {
 public:
  VersionChecker(const Wheel& wheel, const WheelLibraries& libraries, const LibraryIndex* names,
                 const WheelSet* set)
      : libraries_(libraries), names_(names), set_(set), findings_(wheel.path().string()) {
    for (const auto& text : wheel.name().platform_tags()) tags_.push_back(PlatformTag::parse(text));
    is_for_any_ = std::ranges::find(tags_, System::any, &PlatformTag::system) != tags_.end();
  }

  std::vector<Finding> run() {
    if (is_for_any_) return {};
    for (const auto& library : libraries_.libraries)
      if (const auto promised = promised_to(library)) note_needs(library, *promised);
    for (const auto& library : libraries_.libraries)
      if (const auto promised = promised_to(library)) check(library, *promised);
    return findings_.take();
  }

 private:
  /// The glibc of the oldest of the manylinux tags for its machine; nothing without one.
  std::optional<PlatformVersion> promised_to(const WheelLibrary& library) const {
    std::optional<PlatformVersion> promised;
    if (library.info.format != BinaryFormat::elf || !library.info.is_dynamic) return promised;
    for (const auto& tag : tags_) {
      if (tag.system != System::manylinux || !is_same_machine(tag.machine, library.info.machine)) continue;
      promised = promised ? std::min(*promised, *tag.version) : *tag.version;
    }
    return promised;
  }

  /// For the tag of the hints, which is for the whole wheel.
  void note_needs(const WheelLibrary& library, const PlatformVersion& promised) {
    newest_ = std::max(newest_, glibc_of(library, promised).value_or(PlatformVersion()));
    for (const auto& need : other_needs(library, promised)) {
      newest_ = std::max(newest_, need.since.value_or(PlatformVersion()));
      has_policy_ = has_policy_ && need.since;
    }
  }

  void check(const WheelLibrary& library, const PlatformVersion& promised) {
    const auto least = glibc_of(library, promised);
    if (least && *least > promised)
      findings_.warning(FindingCode::glibc_too_new, library.path,
                        fmt::format("needs glibc {}, and the wheel's tag promises {}", to_string(*least),
                                    to_string(promised)),
                        hint_for(library));
    std::optional<NeededVersion> of_cxx, of_zlib;
    for (const auto& need : other_needs(library, promised)) {
      auto& newest = need.file.starts_with("libz.") ? of_zlib : of_cxx;
      if (!newest || need.is_newer_than(*newest)) newest = need;
    }
    if (of_cxx) report(FindingCode::libstdcxx_too_new, library, *of_cxx);
    if (of_zlib) report(FindingCode::zlib_too_new, library, *of_zlib);
  }

  void report(FindingCode code, const WheelLibrary& library, const NeededVersion& need) {
    findings_.warning(code, library.path,
                      fmt::format("needs {}{} of {}, and the wheel's tag promises {}",
                                  need.symbol.empty() ? "" : printable(need.symbol) + " of ", need.name,
                                  need.file, need.promised.empty() ? "none" : need.promised),
                      hint_for(library));
  }

  std::string hint_for(const WheelLibrary& library) const {
    constexpr auto about = "older systems install the wheel and can't load it";
    if (!has_policy_) return fmt::format("{}, and no manylinux tag is known to promise it", about);
    return fmt::format("{}: its tag should be manylinux_{}_{}_{}", about, newest_.major, newest_.minor,
                       library.info.machine);
  }

  /// The glibc that a library needs, as a policy's.
  static std::optional<PlatformVersion> glibc_of(const WheelLibrary& library,
                                                 const PlatformVersion& promised) {
    constexpr std::string_view prefix = "GLIBC_";
    std::optional<PlatformVersion> glibc;
    for (const auto& [file, versions] : library.info.versions_needed)
      for (const auto& version : versions) {
        if (!version.starts_with(prefix)) continue;
        const auto promise = promise_of(file, version, library.info.machine, promised);
        const auto number = PlatformVersion::parse(std::string_view(version).substr(prefix.size()));
        glibc = std::max(glibc, promise && promise->since ? promise->since : number);
      }
    return glibc;
  }

  /// What the tags don't promise of libraries beside glibc's, and no wheel brings.
  std::vector<NeededVersion> other_needs(const WheelLibrary& library, const PlatformVersion& promised) const {
    std::vector<NeededVersion> needs;
    if (auto need = unversioned_need(library, promised)) needs.push_back(std::move(*need));
    for (const auto& [file, versions] : library.info.versions_needed) {
      if (file == "libc.so.6" || (names_ != nullptr && names_->has(file))) continue;
      for (const auto& version : versions) {
        auto promise = promise_of(file, version, library.info.machine, promised);
        if (promise && (!promise->since || *promise->since > promised))
          needs.push_back({file, version, std::move(promise->newest), promise->since});
      }
    }
    return needs;
  }

  /// A symbol of libstdc++ that the tags don't promise, which names no version, and no wheel defines.
  std::optional<NeededVersion> unversioned_need(const WheelLibrary& library,
                                                const PlatformVersion& promised) const {
    const std::string file(libstdcxx);
    const auto symbol = newest_unversioned(library);
    if (symbol.empty() || set_ == nullptr || names_->has(file) || !has_all_needed(library) ||
        is_defined(symbol))
      return std::nullopt;
    const auto version = libstdcxx_version_of(symbol);
    const auto promise = promise_of(file, version, library.info.machine, promised);
    if (!promise || (promise->since && *promise->since <= promised)) return std::nullopt;
    return NeededVersion{libstdcxx, version, promise->newest, promise->since, symbol};
  }

  /// Else what isn't there may define any symbol, as torch's libraries do with those of a newer libstdc++.
  bool has_all_needed(const WheelLibrary& library) const {
    std::set<std::string> known;
    std::vector<const BinaryInfo*> waiting = {&library.info};
    while (!waiting.empty()) {
      const auto* info = waiting.back();
      waiting.pop_back();
      for (const auto& name : info->needed) {
        if (name == set_->system.loader || set_->system.promised.contains(name) || !known.insert(name).second)
          continue;
        const auto* other = names_->best(name, set_->system);
        if (other == nullptr) return false;
        waiting.push_back(&set_->placed.info(*other));
      }
    }
    return true;
  }

  bool is_defined(std::string_view symbol) const {
    return std::ranges::any_of(set_->libraries, [&](const WheelLibraries& of_wheel) {
      return std::ranges::any_of(of_wheel.libraries, [&](const WheelLibrary& library) {
        const auto* symbols = library.symbols ? library.symbols->elf() : nullptr;
        return symbols != nullptr && defines(*symbols, symbol);
      });
    });
  }

  const WheelLibraries& libraries_;
  const LibraryIndex* names_;
  const WheelSet* set_;
  std::vector<PlatformTag> tags_;
  bool is_for_any_ = false;
  PlatformVersion newest_;  ///< the glibc of the policy that the wheel needs
  bool has_policy_ = true;  ///< there is one
  FindingSink findings_;
};

}  // namespace

std::string_view newest_unversioned(const WheelLibrary& library) {
  const auto* symbols = library.symbols ? library.symbols->elf() : nullptr;
  std::string_view newest;
  if (symbols == nullptr || std::ranges::count(library.info.needed, libstdcxx) == 0) return newest;
  const elf::VersionTable versions(*symbols);
  for (const auto* numbers : {&symbols->bound, &symbols->bound_calls})
    for (const auto number : *numbers) {
      const auto& symbol = symbols->symbols[number];
      const auto name = symbols->name_of(symbol);
      if (!symbol.is_undefined || symbol.binding != STB_GLOBAL || versions.of(symbol) != nullptr) continue;
      const auto version = libstdcxx_version_of(name);
      // They are alike up to the last number, which has two digits.
      if (!version.empty() && (newest.empty() || libstdcxx_version_of(newest) < version)) newest = name;
    }
  return newest;
}

std::vector<Finding> check_versions(const Wheel& wheel, const WheelLibraries& libraries,
                                    const LibraryIndex* names, const WheelSet* set) {
  return VersionChecker(wheel, libraries, names, set).run();
}

}  // namespace wheelfix
