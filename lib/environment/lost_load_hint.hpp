#pragma once

#include <string>
#include <string_view>
#include <wheelfix/imports.hpp>

namespace wheelfix {

/// What needs the library that no longer loads, `needed by demo/liba.so, by demo/_core.so, loaded by
/// demo/__init__.py; `, and the reason, with what would help.
std::string lost_load_hint(const WheelSet& before, const WheelSet& after, const LoadFailure& failure,
                           std::string_view loaded_by);

}  // namespace wheelfix
