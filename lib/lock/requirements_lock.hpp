#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lock/pin.hpp"
#include "lock/requirement_lines.hpp"

namespace wheelfix {

/// The edits by which a requirements file has the wheels' versions, and their hashes if it had hashes: their
/// order is that of pip-compile and uv. Throws what match_pins throws.
LockPlan plan_requirements(std::string_view text, const RequirementLines& lines, const PatchedWheels& wheels,
                           const std::string& file);

/// The edit that adds a line `--find-links PLACE` or `--extra-index-url PLACE`: after the other lines of that
/// kind, because for pip an --index-url takes back what is above it, or after the comments at the top.
TextEdit add_option_line(std::string_view text, const RequirementLines& lines, std::string_view option,
                         std::string_view place);

}  // namespace wheelfix
