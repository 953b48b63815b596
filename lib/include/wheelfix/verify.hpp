#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <wheelfix/finding.hpp>
#include <wheelfix/limits.hpp>
#include <wheelfix/progress.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

struct VerifyOptions {
  unsigned jobs = 0;  ///< threads; 0: one for each processor
  Limits limits = {};
  /// The entries whose content is read; all, if it isn't given. Of others it is known that it is sound.
  std::optional<std::set<std::string, std::less<>>> contents_of = {};
  ProgressCallback progress = {};
};

/// Everything that is wrong with a wheel: the archive's structure, each entry's CRC-32 and SHA-256, RECORD
/// both ways, name against METADATA and WHEEL, tags, .data, the order of entries. Findings come in the order
/// of the archive. Codes: apps/wheelfix/findings.md. Memory is bounded by the directory and RECORD, whatever
/// the entries hold. Throws Error{cancelled} only: a file that can't be opened is the finding `unreadable`.
std::vector<Finding> verify(const std::filesystem::path& wheel, const VerifyOptions& options = {});

}  // namespace wheelfix
#pragma GCC visibility pop
