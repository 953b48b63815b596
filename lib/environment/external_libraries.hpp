#pragma once

#include <map>
#include <string>
#include <vector>
#include <wheelfix/layout.hpp>
#include <wheelfix/loader.hpp>
#include <wheelfix/policy.hpp>

#include "environment/policy_rules.hpp"

namespace wheelfix {

/// A library that a wheel needs from elsewhere.
struct FoundExternal {
  ExternalLibrary library;
  std::vector<VersionsNeeded> versions_needed;  ///< if it was found
};

/// By the names by which they are needed. `libraries`: those of the wheel for the machine and C library of
/// `rules` and `tag`, which is of the newest policy.
std::map<std::string, FoundExternal> external_libraries(const WheelEdit& edit,
                                                        const std::vector<WheelLibrary>& libraries,
                                                        const PolicyRules& rules, const std::string& tag,
                                                        const PolicyOptions& options);

}  // namespace wheelfix
