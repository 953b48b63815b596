#pragma once

#include <string>
#include <string_view>
#include <wheelfix/imports.hpp>

namespace wheelfix {

/// Who needs what no longer loads, `needed by demo/liba.so, by demo/_core.so, loaded by demo/__init__.py; `,
/// and why that is, with what would do instead.
std::string lost_load_hint(const WheelSet& before, const WheelSet& after, const LoadFailure& failure,
                           std::string_view loaded_by);

}  // namespace wheelfix
