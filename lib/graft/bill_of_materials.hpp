#pragma once

#include <string>
#include <vector>
#include <wheelfix/graft.hpp>
#include <wheelfix/wheel_name.hpp>

namespace wheelfix {

/// The libraries of other projects in a wheel, for its `.dist-info/sboms` (PEP 770): CycloneDX 1.4, with the
/// fields that auditwheel writes, and for each library its SHA-256 and licence too.
std::string bill_of_materials(const WheelName& wheel, const std::vector<GraftedLibrary>& libraries,
                              const std::string& tool_version);

}  // namespace wheelfix
