#pragma once

#include <filesystem>

#include "common/options.hpp"

namespace cli {

/// Whether `patch` is to edit a library that isn't in a wheel: so the options say, or its content.
bool is_library_file(const CommandLine& line, const std::filesystem::path& path);

/// -o and --in-place, which say where such a library is written.
void add_library_file_options(CommandLine& line, const std::string& title);
/// Throws Error{usage} if one is given for a wheel.
void refuse_library_file_options(const CommandLine& line);

int patch_library(const CommandLine& line, const std::filesystem::path& file);

}  // namespace cli
