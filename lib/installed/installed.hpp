#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>
#include <wheelfix/finding.hpp>
#include <wheelfix/limits.hpp>
#include <wheelfix/wheel.hpp>

namespace wheelfix {

/// A folder of sys.path. Python reads the `.pth` files of some: site-packages, and not those of PYTHONPATH.
struct SysPathFolder {
  std::filesystem::path path;
  bool reads_path_files = true;
};

/// What is installed in folders of sys.path, and where their `.pth` files and editable installs lead.
struct InstalledPackages {
  /// By folder and name, without the packages of a folder that an earlier one hides.
  std::vector<Wheel> distributions;
  /// Numbers of distributions whose record() isn't the whole one: it lacks what earlier folders hide.
  std::vector<std::size_t> shortened;
  std::vector<std::string> states;  ///< of the distributions' files, each a digest, see digest_of
  std::vector<Finding> findings;    ///< what can't be read
};

/// `sysroot`: the root folder of the system that the folders are part of. `jobs`: threads, 0 for one for each
/// processor. Throws Error{limit_exceeded}.
InstalledPackages find_installed(const std::vector<SysPathFolder>& folders,
                                 const std::filesystem::path& sysroot, const Limits& limits,
                                 unsigned jobs = 0);

}  // namespace wheelfix
