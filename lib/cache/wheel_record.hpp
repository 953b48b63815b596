#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <wheelfix/library.hpp>

#include "environment/wheel_code.hpp"
#include "wheel/known_wheel.hpp"

namespace wheelfix {

/// All that was read of a wheel. Findings are without its path.
struct WheelRecord {
  KnownWheel wheel;
  WheelLibraries libraries;
  WheelCode code;
};

/// As bytes, for a file: the values of a Packer, sealed.
std::string pack_record(const KnownWheel& wheel, const WheelLibraries& libraries, const WheelCode& code);

/// Nothing for bytes that pack_record doesn't make.
std::optional<WheelRecord> parse_record(std::string_view bytes);

}  // namespace wheelfix
