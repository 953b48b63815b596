#pragma once

#include <wheelfix/edit.hpp>

namespace wheelfix {

/// What is installed, as its installer wrote it, by what wheelfix keeps if it changed something.
struct OriginalDistribution {
  Wheel wheel;     ///< with the RECORD that the installer wrote
  WheelEdit edit;  ///< of that wheel: has the files of that RECORD
};

/// Throws as applied_changes, and Error{bad_wheel} for what is kept and damaged.
OriginalDistribution original_of(const Wheel& installed);

}  // namespace wheelfix
