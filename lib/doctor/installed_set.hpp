#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>
#include <wheelfix/doctor.hpp>
#include <wheelfix/imports.hpp>

#include "cache/installed_cache.hpp"
#include "doctor/installation.hpp"
#include "doctor/python_target.hpp"

namespace wheelfix {

/// What is installed in an environment, as a set.
struct InstalledSet {
  std::string environment;             ///< its name, as Examination has it
  std::optional<PythonTarget> python;  ///< as far as known, or the one that the modules are for
  std::vector<Finding> findings;       ///< of the interpreter, the folders and the metadata in them
  std::unique_ptr<WheelSet> set;       ///< null if nothing is installed
  /// What an earlier run kept of it, and to keep what is read of it for later ones.
  std::optional<InstalledCache> cache = {};
};

/// The system that an environment is part of; `is_here`: it is this machine's. LD_LIBRARY_PATH is this
/// machine's.
SetSystem system_of(const Installation& installation, const std::filesystem::path& sysroot, bool is_here);

/// What is installed, as edited. Without a library that tells the machine, it is taken for this one's. A
/// `python` that isn't known is set to the one that the modules are for. `known`: what needn't be read, by
/// distribution, or nothing. Throws as read_libraries.
std::unique_ptr<WheelSet> read_installed_set(std::vector<WheelEdit> distributions,
                                             std::vector<std::optional<FilesRecord>> known, SetSystem system,
                                             std::optional<PythonTarget>& python,
                                             const DoctorOptions& options);

/// `limits` are for the findings of metadata. Throws as find_installation and find_installed.
InstalledSet read_installed(const std::vector<std::filesystem::path>& paths, const DoctorOptions& options,
                            const Limits& limits);

}  // namespace wheelfix
