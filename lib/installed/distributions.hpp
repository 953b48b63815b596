#pragma once

#include <filesystem>
#include <string>
#include <vector>
#include <wheelfix/limits.hpp>
#include <wheelfix/wheel.hpp>

#include "installed/site_files.hpp"

namespace wheelfix {

/// A distribution, and the state of its files, see digest_of.
struct FoundDistribution {
  InstalledDistribution distribution;
  std::string state;
};

/// The distributions in a folder of sys.path, in order of name, each with its files. A file belongs to the
/// one whose RECORD, installed-files.txt or list of conda's has it; else to the one that has files next to it
/// or, going up, next to the folders that it is in; else to the one whose top_level.txt or name says so. What
/// is left, packages without metadata, makes a distribution for each name at the top. `jobs`: threads, 0 for
/// one for each processor.
std::vector<FoundDistribution> find_distributions(const std::filesystem::path& folder,
                                                  const std::string& place, SiteFiles site,
                                                  const Limits& limits, unsigned jobs);

}  // namespace wheelfix
