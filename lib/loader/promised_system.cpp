#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <wheelfix/loader_system.hpp>
#include <wheelfix/platform_tag.hpp>

#include "loader/machine_names.hpp"
#include "loader/windows_libraries.hpp"

namespace wheelfix {
namespace {

using System = PlatformTag::System;

// glibc's own.
constexpr std::array<std::string_view, 11> c_library = {
    "libBrokenLocale.so.1", "libanl.so.1",    "libc.so.6",  "libdl.so.2",        "libm.so.6",   "libnsl.so.1",
    "libpthread.so.0",      "libresolv.so.2", "librt.so.1", "libthread_db.so.1", "libutil.so.1"};
// What every manylinux policy leaves to the system beside it.
constexpr std::array<std::string_view, 13> system_libraries = {
    "libGL.so.1",          "libICE.so.6",    "libSM.so.6",    "libX11.so.6",      "libXext.so.6",
    "libXrender.so.1",     "libatomic.so.1", "libgcc_s.so.1", "libglib-2.0.so.0", "libgobject-2.0.so.0",
    "libgthread-2.0.so.0", "libstdc++.so.6", "libz.so.1"};
// What comes with NVIDIA's driver.
constexpr std::array<std::string_view, 6> driver_libraries = {"libcuda.so.1",          "libcuda.so",
                                                              "libnvidia-ml.so.1",     "libnvcuvid.so.1",
                                                              "libnvidia-encode.so.1", "libnvoptix.so.1"};
constexpr PlatformVersion with_expat = {2, 12};
constexpr PlatformVersion with_mvec = {2, 24};

void promise_glibc(const PlatformTag& tag, LoaderSystem& system) {
  system.promised.insert(c_library.begin(), c_library.end());
  system.promised.insert(system_libraries.begin(), system_libraries.end());
  if (tag.version && *tag.version >= with_expat) system.promised.emplace("libexpat.so.1");
  if (tag.version && *tag.version >= with_mvec) system.promised.emplace("libmvec.so.1");
}

/// What follows the tag's rules; nothing for tags that name no system.
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
  system.driver.insert(driver_libraries.begin(), driver_libraries.end());
}

void set_windows(LoaderSystem& system) {
  system.bits = system.machine == "x86" ? 32 : 64;
  const auto add = [](auto& names, std::span<const std::string_view> more) {
    names.insert(more.begin(), more.end());
  };
  add(system.promised, windows_libraries());
  add(system.promised, windows_python_libraries());
  add(system.driver, windows_redistributable_libraries());
  add(system.driver, windows_driver_libraries());
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

/// The first that runs all: what is made for both kinds of Mac runs wherever another of the wheels does.
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
    if (kind == LoaderKind::musl) system.promised.emplace("libz.so.1");
  }
  return system;
}

}  // namespace wheelfix
