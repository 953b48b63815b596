#pragma once

#include <vector>
#include <wheelfix/imports.hpp>

#include "environment/library_index.hpp"

namespace wheelfix {

/// A library that isn't a module, and that Python code opens.
struct OpenedLibrary {
  ImportRoot root;
  bool is_caught = false;  ///< the code goes on if it fails, or isn't known
};

/// Those that the code of a set loads by their paths, as torch.ops.load_library does, and those that are
/// named like a module and linked to a library of another wheel, as extensions of torch's operators are.
/// Others may find symbols in the program that opens them.
std::vector<OpenedLibrary> opened_libraries(const WheelSet& set, const LibraryIndex& names);

}  // namespace wheelfix
