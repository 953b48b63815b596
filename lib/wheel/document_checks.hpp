#pragma once

#include <vector>
#include <wheelfix/finding.hpp>

#include "wheel/contents.hpp"

namespace wheelfix {

/// What installers refuse in the texts of dist-info: bytes that are not UTF-8, blank lines in RECORD,
/// requirements that don't parse, entry points that name nothing. The archive's own findings, and those of
/// `contents`, are not repeated.
std::vector<Finding> check_documents(const zip::Archive& archive, const WheelContents& contents,
                                     const Limits& limits);

}  // namespace wheelfix
