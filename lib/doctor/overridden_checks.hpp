#pragma once

#include <filesystem>
#include <vector>
#include <wheelfix/finding.hpp>
#include <wheelfix/imports.hpp>

namespace wheelfix {

/// Libraries of other versions that a system, LD_LIBRARY_PATH or the interpreter gives in place of those that
/// the wheels' own search paths lead to: one finding for each name, at the first library that needs it.
/// Silent for libstdc++ and libgcc_s if the one that is loaded isn't known to be older, because a newer one
/// does all that an older one does. `sysroot`: the root folder of the files that PredictedImport::from_outside
/// names.
std::vector<Finding> check_overridden(const WheelSet& set, const std::vector<PredictedImport>& imports,
                                      const std::filesystem::path& sysroot);

}  // namespace wheelfix
