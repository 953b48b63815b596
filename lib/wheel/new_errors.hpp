#pragma once

#include <vector>
#include <wheelfix/finding.hpp>

#include "wheel/contents.hpp"

namespace wheelfix {

/// The errors that `verify` finds in the texts and the layout of a written wheel, and not in its source:
/// those that the edit caused. Errors are the same if they differ only in numbers, like those of lines and of
/// the version.
std::vector<Finding> new_errors(const zip::Archive& source, const zip::Archive& written);

}  // namespace wheelfix
