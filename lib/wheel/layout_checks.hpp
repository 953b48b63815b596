#pragma once

#include <string>
#include <vector>
#include <wheelfix/finding.hpp>

#include "wheel/contents.hpp"
#include "zip/archive.hpp"

namespace wheelfix {

/// Checks that need no content: tags and build tag of WHEEL against the file's name, Root-Is-Purelib, the
/// folders of .data, and that dist-info comes last with RECORD at its end. `contents.dist_info` isn't empty.
std::vector<Finding> check_layout(const zip::Archive& archive, const WheelContents& contents,
                                  const Limits& limits);

}  // namespace wheelfix
