#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <wheelfix/edit.hpp>
#include <wheelfix/recipe.hpp>

#include "common/options.hpp"

namespace cli {

/// On stderr: warnings and, unless --quiet is given, notes.
void print_findings(const CommandLine& line, const std::vector<wheelfix::Finding>& findings);

/// On stderr: what lost_loads told, the first ten unless --verbose is given.
void print_lost_loads(const CommandLine& line, const std::vector<wheelfix::Finding>& findings);

/// The warnings, and on stderr what was done to which entries.
void print_report(const CommandLine& line, const wheelfix::WheelEdit& edit,
                  const wheelfix::RecipeReport& report, const wheelfix::WriteResult& result);

/// An item of the document's `wheels`.
nlohmann::ordered_json to_json(const std::filesystem::path& source, const wheelfix::WriteResult& result);

}  // namespace cli
