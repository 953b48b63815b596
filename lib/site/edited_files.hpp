#pragma once

#include <optional>
#include <string>
#include <vector>
#include <wheelfix/edit.hpp>

namespace wheelfix {

/// A file that is to be different.
struct EditedFile {
  std::string path;      ///< relative to the folder of packages
  bool is_there = true;  ///< else it is new
  bool is_removed = false;
  std::optional<unsigned> mode = {};  ///< new permission bits, if not those of the old file
};

/// What an edit of an installed distribution changes, in order of path, without RECORD: its signatures are
/// removed, and so is the compiled Python (`__pycache__`) of changed modules. Throws Error{bad_wheel} for a
/// path that no wheel may have, a new file where there is one already that isn't the distribution's, and a
/// METADATA of another name or version.
std::vector<EditedFile> edited_files(const WheelEdit& edit);

/// The compiled Python of a module that is there, relative to the folder of packages: of `pkg/mod.py`
/// `pkg/__pycache__/mod.cpython-311.opt-1.pyc`. Nothing for a path that isn't a module's.
std::vector<std::string> compiled_files(const Wheel& installed, const std::string& path);

}  // namespace wheelfix
