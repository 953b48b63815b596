#pragma once

#include <optional>
#include <string>
#include <vector>
#include <wheelfix/lock.hpp>

#include "lock/patched_wheels.hpp"
#include "lock/text_edit.hpp"
#include "lock/uv_project.hpp"

namespace wheelfix {

/// A place where a lock file gives a project's version.
struct Pin {
  std::string project;  ///< normalised
  std::string version;  ///< as spelled
  std::size_t line = 0;
};

/// What is to change in one lock file.
struct LockPlan {
  std::vector<TextEdit> edits;
  std::vector<LockChange> changes;
  std::vector<std::string> pinned;  ///< projects that it pins and whose wheels are, or already were, put in
  std::vector<std::string> warnings = {};
  std::vector<UvNeeds> uv_needs = {};
};

/// Of each pin the wheels that replace it, or null. These have its public version; if a file has several such
/// pins of one project, for several systems, it is the one whose local label the wheels' label extends, or
/// has most in common with: 2.1.0+cu121.stripe.5 replaces 2.1.0+cu121 and not 2.1.0. Throws
/// Error{does_not_apply} if a file pins a project in other versions alone, or if two versions fit equally.
std::vector<const PatchedVersion*> match_pins(const std::vector<Pin>& pins, const PatchedWheels& wheels,
                                              const std::string& file);

}  // namespace wheelfix
