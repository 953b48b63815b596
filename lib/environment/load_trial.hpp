#pragma once

#include <set>
#include <string>
#include <vector>
#include <wheelfix/imports.hpp>

namespace wheelfix {

/// The result of a load that goes on after each name that leads nowhere: all that it finds, and all that it
/// lacks.
struct LoadTrial {
  std::vector<LoadFailure> failures;  ///< the first of each name
  std::set<std::string> found;        ///< names that led somewhere
  std::set<std::string> reached;      ///< files, by their paths in the tree

  bool ok() const { return failures.empty(); }
  bool lacks(const std::string& name) const;
};

/// Loads a path in a copy of the process, which stays unchanged.
LoadTrial try_load(const Process& process, const std::string& path);

/// Whether a library that isn't found may be in a wheel outside of the set: a search path that applies leads
/// out of the folder of the wheels, or to a folder that no wheel of the set has, and the library's wheel
/// requires others.
bool may_be_elsewhere(const WheelSet& set, const LoadFailure& failure);

}  // namespace wheelfix
