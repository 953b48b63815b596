#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <wheelfix/platform_tag.hpp>

#include "base/table.hpp"
#include "cuda/tables.hpp"
#include "environment/tables.hpp"
#include "loader/machine_names.hpp"

namespace wheelfix {
namespace {

using Names = std::set<std::string, std::less<>>;

void add(Names& names, std::string_view table, std::string_view section) {
  for (const auto& row : table_rows(table, section)) names.emplace(row.front());
}

/// Of a section whose rows have several names.
void add_all(Names& names, std::string_view section) {
  for (const auto& row : table_rows(windows_libraries_table, section)) names.insert(row.begin(), row.end());
}

/// What is beside a python.exe of this version; of the newest if it isn't known.
void add_of_python(Names& names, const std::optional<PlatformVersion>& python) {
  for (const auto& row : table_rows(windows_libraries_table, "python")) {
    const bool is_gone = row.size() > 2 && (!python || *python > PlatformVersion::parse(row[2]));
    if (!is_gone && (!python || *python >= PlatformVersion::parse(row[1]))) names.emplace(row.front());
  }
}

/// Of sections whose rows have several names.
void add_symbols(Names& names, std::initializer_list<std::string_view> sections) {
  for (const auto section : sections)
    for (const auto& row : table_rows(c_symbols_table, section)) names.insert(row.begin(), row.end());
}

void promise_glibc(const PlatformTag& tag, LoaderSystem& system) {
  add(system.promised, linux_policies_table, "glibc");
  add(system.unversioned, linux_policies_table, "unversioned");
  for (const auto& row : table_rows(linux_policies_table, "manylinux")) {
    if (row.size() == 1 || (tag.version && *tag.version >= PlatformVersion::parse(row[1])))
      system.promised.emplace(row.front());
  }
}

void set_linux(LoaderSystem& system) {
  const auto names = machine_names(system.machine);
  system.bits = names.bits;
  system.loader = names.loader;
  system.lib = names.lib;
  system.platform = system.machine;
  add(system.driver, nvidia_names_table, "driver");
  if (system.kind == LoaderKind::musl) add_symbols(system.symbols, {"musl", "musl-upstream"});
  if (system.kind == LoaderKind::glibc) add_symbols(system.symbols, {"glibc"});
  add_symbols(system.symbols, {"both", "others"});
}

void promise_musl(const PlatformTag& tag, LoaderSystem& system) {
  add(system.promised, linux_policies_table, "musllinux");
  if (!tag.version || *tag.version >= PlatformVersion{1, 2}) return;
  for (const auto& row : table_rows(c_symbols_table, "musl-1.2"))
    for (const auto name : row) system.symbols.erase(std::string(name));
}

void set_windows(LoaderSystem& system, const std::optional<PlatformVersion>& python) {
  system.bits = system.machine == "x86" ? 32 : 64;
  add_all(system.promised, "system");
  add_all(system.promised, "system-" + system.machine);
  add_of_python(system.promised, python);
  add_all(system.redistributable, "redistributable");
  add(system.driver, nvidia_names_table, "driver");
}

LoaderSystem system_for(LoaderKind kind, const std::string& machine,
                        const std::optional<PlatformVersion>& python) {
  LoaderSystem system;
  system.kind = kind;
  if (!machine.empty()) system.machine = machine;
  if (kind == LoaderKind::windows)
    set_windows(system, python);
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

LoaderSystem promised_system(const std::vector<std::string>& platform_tags,
                             const std::optional<PlatformVersion>& python) {
  std::optional<LoaderKind> kind;
  std::vector<PlatformTag> tags;
  for (const auto& text : platform_tags) {
    auto tag = PlatformTag::parse(text);
    const auto its_kind = tag.loader();
    if (!kind) kind = its_kind;
    if (its_kind && its_kind == kind) tags.push_back(std::move(tag));
  }
  auto system = system_for(kind.value_or(LoaderKind::glibc), machine_of(tags), python);
  if (tags.empty()) promise_glibc({}, system);
  for (const auto& tag : tags) {
    if (kind == LoaderKind::glibc) promise_glibc(tag, system);
    if (kind == LoaderKind::musl) promise_musl(tag, system);
  }
  return system;
}

}  // namespace wheelfix
