#pragma once

#include <set>
#include <string>
#include <wheelfix/layout.hpp>
#include <wheelfix/loader.hpp>

namespace wheelfix {

/// The libraries that find something by the DT_RPATH of one that loaded them, as paths in the tree: with a
/// DT_RUNPATH of their own they would inherit nothing any more. Only for glibc's loader: with musl both are
/// inherited, and others know neither.
std::set<std::string> heirs_of_rpaths(const PlacedWheels& wheels, const LoaderSystem& system);

}  // namespace wheelfix
