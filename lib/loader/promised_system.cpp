#include <array>
#include <string_view>
#include <wheelfix/loader_system.hpp>
#include <wheelfix/platform_tag.hpp>

#include "loader/machine_names.hpp"

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

bool is_linux(System system) {
  return system == System::linux || system == System::manylinux || system == System::musllinux;
}

LoaderSystem system_for(const PlatformTag& tag) {
  LoaderSystem system;
  system.kind = tag.system == System::musllinux ? LoaderKind::musl : LoaderKind::glibc;
  if (!tag.machine.empty()) system.machine = tag.machine;
  const auto names = machine_names(system.machine);
  system.bits = names.bits;
  system.loader = names.loader;
  system.lib = names.lib;
  system.platform = system.machine;
  system.driver.insert(driver_libraries.begin(), driver_libraries.end());
  return system;
}

}  // namespace

LoaderSystem promised_system(const std::vector<std::string>& platform_tags) {
  std::vector<PlatformTag> tags;
  for (const auto& text : platform_tags) {
    auto tag = PlatformTag::parse(text);
    if (is_linux(tag.system)) tags.push_back(std::move(tag));
  }
  if (tags.empty()) tags.push_back({});
  auto system = system_for(tags.front());
  for (const auto& tag : tags) {
    const bool is_musl = tag.system == System::musllinux;
    if (is_musl != (system.kind == LoaderKind::musl)) continue;
    if (is_musl)
      system.promised.emplace("libz.so.1");
    else
      promise_glibc(tag, system);
  }
  return system;
}

}  // namespace wheelfix
