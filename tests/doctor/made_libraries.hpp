#pragma once

#include <string>
#include <vector>
#include <wheelfix/library.hpp>

#include "support/wheel_builder.hpp"

namespace test {

// Libraries like they could have been read.

inline wheelfix::WheelLibrary made_library(const std::string& path, wheelfix::BinaryFormat format,
                                           const std::string& machine,
                                           const std::vector<std::string>& needed) {
  wheelfix::WheelLibrary library{
      .path = path, .info = {}, .is_module = wheelfix::extension_suffix(path).has_value()};
  library.info.format = format;
  library.info.machine = machine;
  library.info.is_dynamic = true;
  library.info.needed = needed;
  return library;
}

inline wheelfix::WheelLibrary elf(const std::string& path, const std::string& machine = "x86_64",
                                  const std::vector<std::string>& needed = {"libc.so.6"}) {
  return made_library(path, wheelfix::BinaryFormat::elf, machine, needed);
}

inline wheelfix::WheelLibrary pe(const std::string& path, const std::string& machine = "amd64",
                                 const std::vector<std::string>& needed = {"KERNEL32.dll"}) {
  return made_library(path, wheelfix::BinaryFormat::pe, machine, needed);
}

inline wheelfix::BinaryInfo slice(const std::string& machine, const std::string& macos) {
  auto info = made_library("", wheelfix::BinaryFormat::macho, machine, {}).info;
  info.minimum_os = {{"macos", macos}};
  return info;
}

inline wheelfix::WheelLibrary macho(const std::string& path,
                                    const std::vector<wheelfix::BinaryInfo>& slices) {
  wheelfix::WheelLibrary library{
      .path = path, .info = slices.front(), .is_module = wheelfix::extension_suffix(path).has_value()};
  if (slices.size() == 1) return library;
  library.info.machine = "universal2";
  library.info.slices = slices;
  return library;
}

inline wheelfix::Wheel wheel_tagged(const TempFolder& folder, const std::string& tag) {
  return wheelfix::Wheel::open(WheelText{.tag = tag}.write(folder));
}

inline std::vector<std::string> codes(const std::vector<wheelfix::Finding>& findings) {
  std::vector<std::string> codes;
  for (const auto& finding : findings) codes.emplace_back(to_string(finding.code));
  return codes;
}

}  // namespace test
