#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace wheelfix {

/// A program of wheelfix's own that is run as a process.
struct HelperPlace {
  std::filesystem::path program;
  std::optional<std::string> absence;  ///< why there is no such program, as the end of a sentence
};

/// Looks in $WHEELFIX_LIBEXEC alone if that is set. Else in the places that an installed or built tree has
/// for it, relative to the running program, then to the shared library that has this code.
HelperPlace find_helper(const std::string& name);

}  // namespace wheelfix
