#pragma once

#include <set>
#include <string>
#include <vector>
#include <wheelfix/imports.hpp>

namespace wheelfix {

/// A load that goes on past each name that leads nowhere: all that it finds, and all that it lacks.
struct LoadTrial {
  std::vector<LoadFailure> failures;  ///< the first of each name
  std::set<std::string> found;        ///< names that led somewhere
  std::set<std::string> reached;      ///< files, by their paths in the tree

  bool ok() const { return failures.empty(); }
  bool lacks(const std::string& name) const;
};

/// Loads a path in a copy of the process, which stays as it is.
LoadTrial try_load(const Process& process, const std::string& path);

/// Whether a library that is looked for in vain may be in a wheel that isn't of the set: a search path that
/// counts leads out of the folder that the wheels stand in, or to a folder that no wheel of the set has where
/// the library's wheel requires others.
bool may_be_elsewhere(const WheelSet& set, const LoadFailure& failure);

}  // namespace wheelfix
