#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>
#include <wheelfix/doctor.hpp>
#include <wheelfix/imports.hpp>

#include "doctor/python_target.hpp"

namespace wheelfix {

/// What is installed in an environment, as a set.
struct InstalledSet {
  std::string environment;             ///< its name, as Examination has it
  std::optional<PythonTarget> python;  ///< as far as known, or the one that the modules are for
  std::vector<Finding> findings;       ///< of the interpreter, the folders and the metadata in them
  std::unique_ptr<WheelSet> set;       ///< null if nothing is installed
};

/// `limits` are for the findings of metadata. Throws as find_installation and find_installed.
InstalledSet read_installed(const std::vector<std::filesystem::path>& paths, const DoctorOptions& options,
                            const Limits& limits);

}  // namespace wheelfix
