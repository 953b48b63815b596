#include <wheelfix/policy.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/text.hpp"
#include "environment/external_libraries.hpp"
#include "environment/policy_rules.hpp"
#include "environment/required_wheels.hpp"
#include "library/entry_symbols.hpp"

namespace wheelfix {
namespace {

using System = PlatformTag::System;
using ReasonKind = PolicyReason::Kind;

bool is_elf_for_policies(const WheelLibrary& library) {
  return library.info.format == BinaryFormat::elf &&
         PolicyRules::has(System::manylinux, library.info.machine);
}

class PolicyFinder {
 public:
  PolicyFinder(const WheelEdit& edit, const WheelLibraries& libraries, const PolicyOptions& options)
      : edit_(edit), options_(options), machine_(machine_of(libraries.libraries)) {
    if (machine_.empty()) return;
    system_ = c_library_of(libraries.libraries);
    const auto own = system_ == System::musllinux ? CLibrary::musl : CLibrary::glibc;
    for (const auto& library : libraries.libraries) {
      const auto its = c_library(library.info);
      const bool is_own_c = its == own || its == CLibrary::unknown;
      if (library.info.format == BinaryFormat::elf && library.info.machine == machine_ && is_own_c)
        libraries_.push_back(library);
    }
  }

  WheelPolicy run(const WheelLibraries& all) {
    if (machine_.empty() || !PolicyRules::has(system_, machine_)) return without_policy(all);
    const PolicyRules rules(system_, machine_);
    for (const auto& library : libraries_) add_reasons(library, rules);
    add_externals(rules);
    WheelPolicy policy{.system = system_,
                       .machine = machine_,
                       .tag = {},
                       .grafted_tag = {},
                       .reasons = take_reasons(),
                       .externals = std::move(externals_)};
    AllowedSince own = first_policy(rules), grafted = own;
    for (const auto& reason : policy.reasons) {
      own = own && reason.since ? std::optional(std::max(*own, *reason.since)) : std::nullopt;
      if (reason.kind == ReasonKind::library && !reason.since) continue;
      grafted = grafted && reason.since ? std::optional(std::max(*grafted, *reason.since)) : std::nullopt;
    }
    policy.tag = rules.tag_for(own);
    policy.grafted_tag = rules.tag_for(grafted);
    return policy;
  }

 private:
  /// Of the first tag that some library is for, else of the first library.
  std::string machine_of(const std::vector<WheelLibrary>& libraries) const {
    for (const auto& text : edit_.wheel().name().platform_tags()) {
      const auto tag = PlatformTag::parse(text);
      if (tag.loader() != LoaderKind::glibc && tag.loader() != LoaderKind::musl) continue;
      for (const auto& library : libraries)
        if (is_elf_for_policies(library) && library.info.machine == tag.machine) return tag.machine;
    }
    const auto first = std::ranges::find_if(libraries, is_elf_for_policies);
    return first == libraries.end() ? "" : first->info.machine;
  }

  /// Of the first tag that names one, else of the first library.
  System c_library_of(const std::vector<WheelLibrary>& libraries) const {
    for (const auto& text : edit_.wheel().name().platform_tags()) {
      const auto tag = PlatformTag::parse(text);
      if (tag.system == System::manylinux || tag.system == System::musllinux) return tag.system;
    }
    for (const auto& library : libraries) {
      const auto its = c_library(library.info);
      if (library.info.machine == machine_ && its != CLibrary::unknown)
        return its == CLibrary::musl ? System::musllinux : System::manylinux;
    }
    return System::manylinux;
  }

  /// The one that the wheel has if nothing is in the way. Symbols of musl have no versions, so that nothing
  /// but the wheel's own tag says that it was built for an older musl.
  PlatformVersion first_policy(const PolicyRules& rules) const {
    if (system_ != System::musllinux) return rules.oldest();
    auto first = rules.newest();
    for (const auto& text : edit_.wheel().name().platform_tags()) {
      const auto tag = PlatformTag::parse(text);
      if (tag.system == system_ && tag.machine == machine_) first = std::min(first, *tag.version);
    }
    return std::max(first, rules.oldest());
  }

  WheelPolicy without_policy(const WheelLibraries& all) const {
    WheelPolicy policy;
    if (!machine_.empty()) {
      policy.tag = policy.grafted_tag = "linux_" + machine_;
      policy.system = system_;
      policy.machine = machine_;
      return policy;
    }
    const bool has_others = std::ranges::any_of(
        all.libraries, [](const WheelLibrary& library) { return library.info.format != BinaryFormat::elf; });
    if (has_others)
      policy.system = System::other;
    else
      policy.tag = policy.grafted_tag = "any";
    return policy;
  }

  void add_reasons(const WheelLibrary& library, const PolicyRules& rules) {
    add_versions(library.path, library.info.versions_needed, rules);
    const auto* symbols = library.symbols ? library.symbols->elf() : nullptr;
    if (symbols == nullptr) return;
    if (symbols->isa_level > 0)
      add(ReasonKind::instructions, library.path, {}, fmt::format("x86-64-v{}", symbols->isa_level),
          std::nullopt, rules);
    for (const auto& file : library.info.needed) {
      const auto* withheld = rules.withheld(file);
      if (withheld == nullptr) continue;
      for (const auto& symbol : symbols->symbols) {
        const auto found = withheld->find(symbols->name_of(symbol));
        if (symbol.is_undefined && symbol.binding == STB_GLOBAL && found != withheld->end())
          add(ReasonKind::symbol, library.path, file, found->first, found->second, rules);
      }
    }
  }

  void add_versions(const std::string& path, const std::vector<VersionsNeeded>& needed,
                    const PolicyRules& rules) {
    for (const auto& [file, versions] : needed)
      for (const auto& version : versions)
        add(ReasonKind::version, path, file, version, rules.version_since(file, version), rules);
  }

  void add_externals(const PolicyRules& rules) {
    for (auto& [name, external] :
         external_libraries(edit_, libraries_, rules, rules.tag_for(rules.newest()), options_)) {
      for (const auto& entry : external.library.needed_by)
        add(ReasonKind::library, entry, name, {}, external.library.since, rules);
      if (!external.library.since) add_versions(external.library.path, external.versions_needed, rules);
      externals_.push_back(std::move(external.library));
    }
  }

  /// Unless the oldest policy allows it.
  void add(ReasonKind kind, const std::string& path, const std::string& file, std::string_view name,
           AllowedSince since, const PolicyRules& rules) {
    if (since && *since <= rules.oldest()) return;
    auto& names = reasons_[{path, kind, file, since}];
    if (!name.empty()) names.emplace_back(name);
  }

  std::vector<PolicyReason> take_reasons() {
    std::vector<PolicyReason> reasons;
    for (auto& [key, names] : reasons_)
      reasons.push_back({.kind = std::get<ReasonKind>(key),
                         .path = std::get<0>(key),
                         .file = std::get<2>(key),
                         .names = std::move(names),
                         .since = std::get<AllowedSince>(key)});
    std::ranges::stable_sort(reasons, [](const PolicyReason& one, const PolicyReason& other) {
      if (!one.since || !other.since) return !one.since && other.since.has_value();
      return *other.since < *one.since;
    });
    return reasons;
  }

  const WheelEdit& edit_;
  const PolicyOptions& options_;
  std::string machine_;  ///< empty if there is no library for a machine that has policies
  System system_ = System::manylinux;
  std::vector<WheelLibrary> libraries_;
  /// The names of reasons, by who needs them, of what, and since when.
  std::map<std::tuple<std::string, ReasonKind, std::string, AllowedSince>, std::vector<std::string>> reasons_;
  std::vector<ExternalLibrary> externals_;
};

/// What a wheel requires, and what that requires in turn, without itself.
std::set<std::size_t> all_required(const std::vector<std::vector<std::size_t>>& required, std::size_t wheel) {
  std::set<std::size_t> all = {wheel};
  std::vector<std::size_t> waiting = {wheel};
  while (!waiting.empty()) {
    const auto next = waiting.back();
    waiting.pop_back();
    for (const auto other : required[next])
      if (all.insert(other).second) waiting.push_back(other);
  }
  all.erase(wheel);
  return all;
}

void add_names(const WheelLibraries& libraries, std::set<std::string, std::less<>>& names) {
  for (const auto& library : libraries.libraries) {
    if (library.info.format != BinaryFormat::elf || library.is_module || library.info.is_program) continue;
    names.emplace(file_name(library.path));
    if (library.info.soname) names.insert(*library.info.soname);
  }
}

}  // namespace

std::string_view to_string(PolicyReason::Kind kind) noexcept {
  switch (kind) {
    case PolicyReason::Kind::version:
      return "version";
    case PolicyReason::Kind::library:
      return "library";
    case PolicyReason::Kind::symbol:
      return "symbol";
    case PolicyReason::Kind::instructions:
      return "instructions";
  }
  return "";
}

std::string what_is_needed(const PolicyReason& reason) {
  const auto names = printable(fmt::format("{}", fmt::join(reason.names, ", ")));
  if (reason.kind == ReasonKind::instructions) return "the instructions of " + names;
  return names.empty() ? printable(reason.file) : names + " of " + printable(reason.file);
}

std::string who_promises(const std::optional<PlatformVersion>& since, System system) {
  if (!since) return "which no policy promises";
  return fmt::format("which policies promise from {} {} on", system == System::musllinux ? "musl" : "glibc",
                     to_string(*since));
}

std::string describe(const PolicyReason& reason, System system) {
  const auto promise = reason.kind == ReasonKind::instructions ? "which not every machine has"
                                                               : who_promises(reason.since, system);
  return what_is_needed(reason) + ", " + promise;
}

std::string_view to_string(ExternalLibrary::Kind kind) noexcept {
  switch (kind) {
    case ExternalLibrary::Kind::library:
      return "library";
    case ExternalLibrary::Kind::python:
      return "python";
    case ExternalLibrary::Kind::driver:
      return "driver";
  }
  return "";
}

WheelPolicy wheel_policy(const WheelEdit& edit, const WheelLibraries& libraries,
                         const PolicyOptions& options) {
  return PolicyFinder(edit, libraries, options).run(libraries);
}

std::vector<WheelPolicy> wheel_policies(const std::vector<WheelEdit>& wheels,
                                        const std::vector<WheelLibraries>& libraries,
                                        const PolicyOptions& options) {
  const auto required = find_required(wheels, promised_system({}));
  std::vector<WheelPolicy> policies;
  for (std::size_t i = 0; i < wheels.size(); ++i) {
    auto own = options;
    for (const auto wheel : all_required(required, i)) add_names(libraries[wheel], own.brought);
    policies.push_back(wheel_policy(wheels[i], libraries[i], own));
  }
  return policies;
}

const std::string& true_tag(const WheelPolicy& policy) {
  const bool lacks_libraries = std::ranges::any_of(policy.externals, [](const ExternalLibrary& external) {
    return external.kind != ExternalLibrary::Kind::driver && !external.since;
  });
  return lacks_libraries ? policy.tag : policy.grafted_tag;
}

std::vector<PolicyReason> reasons_against(const WheelPolicy& policy, std::string_view platform_tag) {
  const auto tag = PlatformTag::parse(platform_tag);
  std::vector<PolicyReason> reasons;
  if (tag.system != policy.system || tag.machine != policy.machine || !tag.version) return reasons;
  const auto is_of_driver = [&](const PolicyReason& reason) {
    const auto external = std::ranges::find(policy.externals, reason.file, &ExternalLibrary::name);
    return reason.kind == ReasonKind::library && external != policy.externals.end() &&
           external->kind == ExternalLibrary::Kind::driver;
  };
  std::ranges::copy_if(policy.reasons, std::back_inserter(reasons), [&](const PolicyReason& reason) {
    return (!reason.since || *reason.since > *tag.version) && !is_of_driver(reason);
  });
  return reasons;
}

}  // namespace wheelfix
