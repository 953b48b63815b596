#pragma once

#include <vector>
#include <wheelfix/doctor.hpp>
#include <wheelfix/imports.hpp>

#include "environment/library_index.hpp"
#include "environment/missing_libraries.hpp"

namespace wheelfix {

/// A set, and what was found out about it. All must outlive this.
struct ExaminedSet {
  const WheelSet& set;
  const LibraryIndex& names;
  const std::vector<PredictedImport>& imports;
  const std::vector<MissingLibrary>& missing;
};

/// How the failures that findings report come about; as Examination::load_paths.
std::vector<LoadPath> load_paths(const ExaminedSet& examined, const std::vector<Finding>& findings);

}  // namespace wheelfix
