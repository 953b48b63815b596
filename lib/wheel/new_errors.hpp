#pragma once

#include <string>
#include <vector>
#include <wheelfix/finding.hpp>

#include "wheel/contents.hpp"

namespace wheelfix {

/// What a check found in a wheel.
struct FoundInWheel {
  std::string stem;  ///< dist-info's name and version, which messages may have
  std::vector<Finding> findings;
};

std::string stem_of(const std::string& dist_info);

/// Those that `before`, of a wheel's source, doesn't have. Findings are the same if they differ only in
/// numbers, like those of lines and of the version.
std::vector<Finding> new_findings(FoundInWheel found, const FoundInWheel& before);

/// The errors that `verify` finds in the texts and the layout of a written wheel, and not in its source:
/// those that the edit caused. `contents` are those of the written one.
std::vector<Finding> new_errors(const zip::Archive& source, const zip::Archive& written,
                                const WheelContents& contents);

}  // namespace wheelfix
