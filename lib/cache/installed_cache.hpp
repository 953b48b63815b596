#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>
#include <wheelfix/imports.hpp>
#include <wheelfix/limits.hpp>

#include "cache/cache_folder.hpp"
#include "cache/wheel_record.hpp"

namespace wheelfix {

/// What was read of the distributions in an environment, kept from one run to the next in one file, where
/// each has a record by the state of its files (digest_of in installed/files_digest.hpp): if one of them
/// changes, all of that distribution are read again. Rejected: a file for each distribution, which takes a
/// cold run over 400 of them a tenth more time; a record for each file, because there are 72,000. None of the
/// functions throws if a cache fails.
class InstalledCache {
 public:
  /// `with_cuda`: whether libraries are read with their code for GPUs. Without a folder nothing is kept.
  InstalledCache(const std::optional<std::filesystem::path>& folder, const Limits& limits, bool with_cuda,
                 unsigned jobs);

  /// What is known of each distribution. `states`: of their files, empty for what isn't to be kept.
  std::vector<std::optional<FilesRecord>> find(const std::vector<Wheel>& distributions,
                                               std::vector<std::string> states);
  /// Keeps what is known of the same distributions now, if that is more or other than it was.
  void keep(const WheelSet& set) const;

 private:
  std::optional<CacheFolder> folder_;
  std::string settings_;
  unsigned jobs_;
  std::string key_;
  std::vector<std::string> states_;  ///< by distribution
  std::vector<std::size_t> known_;   ///< likewise, how much was known of its code
};

}  // namespace wheelfix
