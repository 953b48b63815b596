#pragma once

#include <string>
#include <wheelfix/imports.hpp>

namespace wheelfix {

struct Provider {
  const PlacedLibrary* library = nullptr;  ///< null where there is none
  std::string other_machine = {};          ///< what it is for, where that isn't the set's machine
};

/// The first library of the set with this soname, or the file name of this path, within reach or not, best
/// one for the set's machine.
Provider find_provider(const WheelSet& set, const std::string& name);

}  // namespace wheelfix
