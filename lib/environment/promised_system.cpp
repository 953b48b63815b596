#include <optional>
#include <string_view>
#include <wheelfix/platform_tag.hpp>

#include "base/table.hpp"
#include "cuda/tables.hpp"
#include "environment/tables.hpp"
#include "loader/machine_names.hpp"

namespace wheelfix {
namespace {

using System = PlatformTag::System;

void add(std::set<std::string, std::less<>>& names, std::string_view table, std::string_view section) {
  for (const auto& row : table_rows(table, section)) names.emplace(row.front());
}

void promise_glibc(const PlatformTag& tag, LoaderSystem& system) {
  add(system.promised, linux_policies_table, "glibc");
  for (const auto& row : table_rows(linux_policies_table, "manylinux")) {
    if (row.size() == 1 || (tag.version && *tag.version >= PlatformVersion::parse(row[1])))
      system.promised.emplace(row.front());
  }
}

/// The loader of the tag; nothing for tags that name no system.
std::optional<LoaderKind> kind_of(const PlatformTag& tag) {
  switch (tag.system) {
    case System::any_linux:
    case System::manylinux:
      return LoaderKind::glibc;
    case System::musllinux:
      return LoaderKind::musl;
    case System::macos:
      return LoaderKind::dyld;
    case System::windows:
      return LoaderKind::windows;
    default:
      return std::nullopt;
  }
}

void set_linux(LoaderSystem& system) {
  const auto names = machine_names(system.machine);
  system.bits = names.bits;
  system.loader = names.loader;
  system.lib = names.lib;
  system.platform = system.machine;
  add(system.driver, nvidia_names_table, "driver");
}

void set_windows(LoaderSystem& system) {
  system.bits = system.machine == "x86" ? 32 : 64;
  add(system.promised, windows_libraries_table, "system");
  add(system.promised, windows_libraries_table, "python");
  add(system.redistributable, windows_libraries_table, "redistributable");
  add(system.driver, nvidia_names_table, "driver");
}

LoaderSystem system_for(LoaderKind kind, const std::string& machine) {
  LoaderSystem system;
  system.kind = kind;
  if (!machine.empty()) system.machine = machine;
  if (kind == LoaderKind::windows)
    set_windows(system);
  else if (kind != LoaderKind::dyld)
    set_linux(system);
  return system;
}

/// The first machine that runs all wheels: one for both kinds of Mac runs on any other wheel's machine.
std::string machine_of(const std::vector<PlatformTag>& tags) {
  for (const auto& tag : tags)
    if (tag.machine != "universal2") return tag.machine;
  return tags.empty() ? "" : "arm64";
}

}  // namespace

LoaderSystem promised_system(const std::vector<std::string>& platform_tags) {
  std::optional<LoaderKind> kind;
  std::vector<PlatformTag> tags;
  for (const auto& text : platform_tags) {
    auto tag = PlatformTag::parse(text);
    const auto its_kind = kind_of(tag);
    if (!kind) kind = its_kind;
    if (its_kind && its_kind == kind) tags.push_back(std::move(tag));
  }
  auto system = system_for(kind.value_or(LoaderKind::glibc), machine_of(tags));
  if (tags.empty()) promise_glibc({}, system);
  for (const auto& tag : tags) {
    if (kind == LoaderKind::glibc) promise_glibc(tag, system);
    if (kind == LoaderKind::musl) add(system.promised, linux_policies_table, "musllinux");
  }
  return system;
}

}  // namespace wheelfix
