#include <wheelfix/platform_tag.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/table.hpp"
#include "environment/tables.hpp"

namespace wheelfix {
namespace {

using System = PlatformTag::System;

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// A number and the `_` after it.
std::optional<unsigned> take_number(std::string_view& text) {
  unsigned value = 0;
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || at == end || *at != '_') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(at - text.data()) + 1);
  return value;
}

/// `2_17_x86_64`.
PlatformTag with_version(System system, std::string_view rest) {
  const auto major = take_number(rest);
  const auto minor = major ? take_number(rest) : std::nullopt;
  if (!minor || rest.empty()) return {};
  return {system, std::string(rest), PlatformVersion{*major, *minor}};
}

/// `21_arm64_v8a`: a version of one number.
PlatformTag with_level(System system, std::string_view rest) {
  const auto level = take_number(rest);
  if (!level || rest.empty()) return {};
  return {system, std::string(rest), PlatformVersion{*level, 0}};
}

// Source: packaging.tags and packaging._manylinux.
constexpr std::array<std::string_view, 9> manylinux_machines = {
    "x86_64", "aarch64", "ppc64", "ppc64le", "s390x", "i686", "armv7l", "loongarch64", "riscv64"};
constexpr std::array<std::string_view, 11> mac_machines = {
    "x86_64", "arm64", "universal2", "universal", "intel", "i386", "fat", "fat3", "fat32", "fat64", "ppc"};
constexpr std::array<std::string_view, 5> windows_machines = {"amd64", "arm64", "x86", "arm32", "ia64"};

}  // namespace

bool PlatformTag::is_of_some_machine() const {
  const auto is_one_of = [&](const auto& machines) {
    return std::ranges::find(machines, machine) != machines.end();
  };
  switch (system) {
    case System::manylinux: {
      const bool is_old = machine == "x86_64" || machine == "i686";
      return is_one_of(manylinux_machines) &&
             *version >= (is_old ? PlatformVersion{2, 5} : PlatformVersion{2, 17});
    }
    case System::macos: {
      constexpr PlatformVersion first_arm64{11, 0};
      const bool is_whole = version->major < 11 || version->minor == 0;  // 12.3 is named 12_0 too
      return is_one_of(mac_machines) && is_whole && (machine != "arm64" || *version >= first_arm64);
    }
    case System::windows:
      return is_one_of(windows_machines);
    default:
      return true;
  }
}

std::optional<LoaderKind> PlatformTag::loader() const {
  switch (system) {
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

std::optional<PlatformVersion> PlatformVersion::parse(std::string_view text) {
  PlatformVersion version;
  const auto* end = text.data() + text.size();
  const auto [dot, error] = std::from_chars(text.data(), end, version.major);
  if (error != std::errc()) return std::nullopt;
  if (dot != end && *dot == '.') std::from_chars(dot + 1, end, version.minor);
  return version;
}

std::string to_string(const PlatformVersion& version) {
  return fmt::format("{}.{}", version.major, version.minor);
}

PlatformTag PlatformTag::parse(std::string_view text) {
  if (text == "any") return {System::any, {}, {}};
  if (text == "win32") return {System::windows, "x86", {}};
  static const auto aliases = table_rows(linux_policies_table, "aliases");
  for (const auto& alias : aliases) {
    if (take(text, std::string(alias[0]) + "_"))
      return {System::manylinux, std::string(text), PlatformVersion::parse(alias[1])};
  }
  if (take(text, "manylinux_")) return with_version(System::manylinux, text);
  if (take(text, "musllinux_")) return with_version(System::musllinux, text);
  if (take(text, "macosx_")) return with_version(System::macos, text);
  if (take(text, "ios_")) return with_version(System::ios, text);
  if (take(text, "android_")) return with_level(System::android, text);
  for (const auto* prefix : {"pyodide_", "pyemscripten_", "emscripten_"})
    if (take(text, prefix)) return with_version(System::emscripten, text);
  if (take(text, "linux_")) return {System::any_linux, std::string(text), {}};
  if (take(text, "win_")) return {System::windows, std::string(text), {}};
  return {};
}

}  // namespace wheelfix
