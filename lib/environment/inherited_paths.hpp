#pragma once

#include <set>
#include <string>
#include <wheelfix/layout.hpp>
#include <wheelfix/loader.hpp>

namespace wheelfix {

/// The libraries that find something by the DT_RPATH of one that had them loaded, as paths in the tree: with
/// a DT_RUNPATH of their own they would inherit nothing any more. Of glibc's loader; musl's has both
/// inherited, and others know neither.
std::set<std::string> heirs_of_rpaths(const PlacedWheels& wheels, const LoaderSystem& system);

}  // namespace wheelfix
