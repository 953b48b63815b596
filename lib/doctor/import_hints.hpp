#pragma once

#include <string>
#include <vector>
#include <wheelfix/imports.hpp>

#include "environment/library_index.hpp"
#include "environment/missing_libraries.hpp"

namespace wheelfix {

/// What to do about imports that fail: what needs what isn't found, who of the set has it, and the command
/// that makes it work. All must outlive it.
class ImportHints {
 public:
  ImportHints(const WheelSet& set, const LibraryIndex& names, const std::vector<MissingLibrary>& missing,
              const Layout& layout)
      : set_(set), names_(names), missing_(missing), layout_(layout) {}

  std::string hint_for(const PredictedImport& predicted) const;

 private:
  const WheelSet& set_;
  const LibraryIndex& names_;
  const std::vector<MissingLibrary>& missing_;
  const Layout& layout_;
};

}  // namespace wheelfix
