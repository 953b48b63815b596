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
/// as a `no-longer-loads`. The wheel stands alone in a site-packages folder, on the system that its tags
/// promise. What the edit takes out itself isn't told, only what needs that.
///
/// An error for a module, but for one whose package imports other modules that it still loads after; for
/// what Python code loads and doesn't catch, and for any library of a wheel that has neither; else a warning,
/// since nothing tells whether that library is loaded, and after what.
///
/// What loads neither before nor after is compared by all the names that lead nowhere. It is told if the
/// edit adds a name to them that led somewhere before, or that the wheel has a library of: not if one
/// absent library stands for another, which another wheel may have. Nor is a new name told that is looked for
/// where a wheel stands that this one requires.
///
/// Libraries are read only if the edit changes one, or what Python code says of them. Throws as
/// read_libraries.
std::vector<Finding> lost_loads(const WheelEdit& edit, const LostLoadsOptions& options = {});

/// The same of one wheel that was read before and after an edit; nothing is read.
std::vector<Finding> lost_loads(const WheelSet& before, const WheelSet& after);

/// Whether lost_loads looks further: the edit adds, takes out or changes what begins as a library or is named
/// as one, or the libraries that a Python file loads.
bool may_change_loads(const WheelEdit& edit);

}  // namespace wheelfix
#pragma GCC visibility pop
