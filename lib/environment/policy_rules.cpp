#include "environment/policy_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/table.hpp"
#include "environment/promised_versions.hpp"
#include "environment/tables.hpp"
#include "loader/machine_names.hpp"

namespace wheelfix {
namespace {

using System = PlatformTag::System;

constexpr std::string_view glibc_prefix = "GLIBC_";

/// The versions in the names of the policies, the oldest first.
std::vector<PlatformVersion> policies_for(System system, std::string_view machine) {
  std::vector<PlatformVersion> policies;
  const auto* section = system == System::musllinux ? "musllinux-policies" : "policies";
  for (const auto& row : table_rows(linux_policies_table, section))
    if (std::ranges::find(row.begin() + 1, row.end(), machine) != row.end())
      policies.push_back(*PlatformVersion::parse(row[0]));
  return policies;
}

}  // namespace

bool PolicyRules::has(System system, std::string_view machine) {
  return !policies_for(system, machine).empty();
}

PolicyRules::PolicyRules(System system, std::string_view machine)
    : system_(system), machine_(machine), policies_(policies_for(system, machine)) {
  const auto add_libraries = [&](std::string_view section) {
    for (const auto& row : table_rows(linux_policies_table, section)) {
      const auto since = row.size() > 1 ? *PlatformVersion::parse(row[1]) : oldest();
      libraries_.emplace(row[0], std::max(since, oldest()));
    }
  };
  if (system == System::musllinux) {
    add_libraries("musllinux");
    add_withheld("musllinux-withheld");
    const auto names = machine_names(machine);
    auto& of_libc = withheld_[fmt::format("libc.musl-{}.so.1", names.musl)];
    for (const auto& row : table_rows(c_symbols_table, "musl-1.2"))
      for (const auto symbol : row) of_libc.emplace(symbol, PlatformVersion{1, 2});
    // Of these the names of time's functions tell the two apart, which aren't in that table.
    if (names.bits == 32) std::erase(policies_, PlatformVersion{1, 1});
  } else {
    add_libraries("manylinux");
    add_libraries("glibc");
    add_withheld("withheld");
  }
}

void PolicyRules::add_withheld(std::string_view section) {
  for (const auto& row : table_rows(linux_policies_table, section))
    for (auto symbol = row.begin() + 2; symbol != row.end(); ++symbol)
      withheld_[std::string(row[0])].emplace(*symbol, PlatformVersion::parse(row[1]));
}

std::string PolicyRules::plain_tag() const {
  return "linux_" + machine_;
}

std::string PolicyRules::tag_for(AllowedSince since) const {
  if (!since) return plain_tag();
  const auto policy = std::ranges::lower_bound(policies_, *since);
  const auto& version = policy == policies_.end() ? *since : *policy;
  return fmt::format("{}_{}_{}_{}", system_ == System::musllinux ? "musllinux" : "manylinux", version.major,
                     version.minor, machine_);
}

AllowedSince PolicyRules::library_since(std::string_view name) const {
  const auto found = libraries_.find(name);
  return found == libraries_.end() ? std::nullopt : std::optional(found->second);
}

AllowedSince PolicyRules::version_since(std::string_view file, std::string_view version) const {
  if (system_ == System::musllinux) return oldest();
  const auto promise = promise_of(file, version, machine_, oldest());
  if (promise && promise->since) return promise->since;
  if (version.starts_with(glibc_prefix))
    return PlatformVersion::parse(version.substr(glibc_prefix.size()));  // nothing for GLIBC_PRIVATE
  return promise ? std::nullopt : std::optional(oldest());
}

const WithheldSymbols* PolicyRules::withheld(std::string_view file) const {
  const auto found = withheld_.find(file);
  return found == withheld_.end() ? nullptr : &found->second;
}

}  // namespace wheelfix
