#include <wheelfix/platform_tag.hpp>

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

}  // namespace

std::optional<PlatformVersion> PlatformVersion::parse(std::string_view text) {
  PlatformVersion version;
  const auto* end = text.data() + text.size();
  const auto [dot, error] = std::from_chars(text.data(), end, version.major);
  if (error != std::errc()) return std::nullopt;
  if (dot != end && *dot == '.') std::from_chars(dot + 1, end, version.minor);
  return version;
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
  if (take(text, "linux_")) return {System::any_linux, std::string(text), {}};
  if (take(text, "win_")) return {System::windows, std::string(text), {}};
  return {};
}

}  // namespace wheelfix
