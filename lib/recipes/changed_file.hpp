#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <wheelfix/applied_changes.hpp>

namespace wheelfix {

/// The first file that isn't as wheelfix left it. One with the size and the time of modification that it had
/// isn't read; RECORD and compiled Python aren't looked at.
std::optional<std::string> changed_file(const std::filesystem::path& site, const AppliedChanges& changes);

}  // namespace wheelfix
