#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>
#include <wheelfix/finding.hpp>

#include "doctor/python_target.hpp"
#include "installed/installed.hpp"

namespace wheelfix {

/// A Python environment: folders of packages, and the interpreter that imports from them, as far as known.
struct Installation {
  std::string name;                    ///< as given, or the program that was found on PATH
  std::optional<PythonTarget> python;  ///< nothing if neither an interpreter nor a folder's name tells it
  std::filesystem::path program;       ///< empty if no interpreter answered
  std::vector<SysPathFolder> folders;
  /// What the environment consists of: the prefixes that were given or found, and folders of packages.
  std::vector<std::filesystem::path> prefixes;
  std::vector<Finding> findings;  ///< an interpreter that didn't answer
};

/// The environment that paths stand for: an interpreter, the prefix of a venv, of conda or of another
/// installation, a folder of packages, or several of these, whose folders are searched in order; without one
/// the `python3` of PATH. `python`: the Python to use, as python_target takes it, in place of the one that is
/// found near the folders. Throws Error{usage} for a path that is none of these, with the nearest folder of
/// packages, and Error{io} for one that doesn't exist.
Installation find_installation(const std::vector<std::filesystem::path>& paths,
                               const std::optional<std::string>& python);

}  // namespace wheelfix
