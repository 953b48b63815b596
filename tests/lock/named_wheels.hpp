#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "lock/patched_wheels.hpp"

/// Wheels of these file names in the folder `wheels`, with hashes that begin with a digit each: 1, 2, and so
/// on.
inline wheelfix::PatchedWheels named_wheels(std::initializer_list<const char*> names) {
  std::vector<wheelfix::PatchedWheel> wheels;
  for (const auto* name : names) {
    const auto digit = static_cast<char>('1' + wheels.size());
    wheels.push_back({std::filesystem::path("wheels") / name, wheelfix::WheelName::parse(name),
                      100 + wheels.size(), std::string(64, digit)});
  }
  return wheelfix::PatchedWheels(std::move(wheels));
}
