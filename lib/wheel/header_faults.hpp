#pragma once

#include <optional>
#include <string>
#include <vector>
#include <wheelfix/finding.hpp>
#include <wheelfix/metadata.hpp>

namespace wheelfix {

/// What is wrong with the headers of METADATA or WHEEL.
struct HeaderFault {
  FindingCode code;
  Severity severity;
  std::string message;
  std::string hint;
};

/// What pip or uv refuses in METADATA's Name and Requires-Dist. The cache of wheelfix-index vouches for files
/// of an earlier run, so its number changes with these rules and those of wheel_version_fault.
std::vector<HeaderFault> metadata_faults(const HeaderDocument& metadata);

/// What is wrong with WHEEL's Wheel-Version; a warning if installers take it although it isn't 1.0.
std::optional<HeaderFault> wheel_version_fault(const HeaderDocument& wheel_file);

}  // namespace wheelfix
