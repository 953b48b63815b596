#pragma once

#include <vector>

#include <wheelfix/edit.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/imports.hpp>
#include <wheelfix/library.hpp>
#include <wheelfix/progress.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

struct LostLoadsOptions {
  unsigned jobs = 0;  ///< threads; 0: one for each processor. The result doesn't depend on it
  ProgressCallback progress = {};
  /// Libraries of the wheel that were read before, without the edit and as edited, as RecipeReport has them.
  const KnownLibraries* before = nullptr;
  const KnownLibraries* after = nullptr;
};

/// What an edit breaks: extension modules, libraries that the wheel's Python code loads, and its other
/// libraries, which loaded before by the rules of their system's loader (see Process) and no longer do, each
/// as a `no-longer-loads`. The wheel is alone in a site-packages folder, on the system that its tags promise.
/// What the edit removes isn't reported, only what needs it.
///
/// An error for a module, unless its package imports other modules after which it still loads; for what
/// Python code loads without catching failures, and for any library of a wheel that has neither; else a
/// warning, because nothing says whether that library is loaded, and after what.
///
/// What loads neither before nor after is compared by all the names that lead nowhere. It is reported if the
/// edit adds a name to them that led somewhere before, or for which the wheel has a library: not if one
/// missing library replaces another, because another wheel may have it. Nor is a new name reported that is
/// searched for in the folder of a wheel that this one requires.
///
/// Libraries are read only if the edit changes one, or what Python code says of them. Throws as
/// read_libraries.
std::vector<Finding> lost_loads(const WheelEdit& edit, const LostLoadsOptions& options = {});

/// The same of one wheel that was read before and after an edit; nothing is read.
std::vector<Finding> lost_loads(const WheelSet& before, const WheelSet& after);

/// Whether lost_loads looks further: the edit adds, removes or changes what begins like a library or is named
/// like one, or the libraries that a Python file loads.
bool may_change_loads(const WheelEdit& edit);

}  // namespace wheelfix
#pragma GCC visibility pop
