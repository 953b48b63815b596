#pragma once

#include <string>
#include <wheelfix/imports.hpp>

namespace wheelfix {

/// The first library of the set with this soname or file name, within reach or not; else null.
const PlacedLibrary* find_provider(const WheelSet& set, const std::string& name);

}  // namespace wheelfix
