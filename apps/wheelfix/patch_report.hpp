#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <wheelfix/edit.hpp>
#include <wheelfix/recipe.hpp>

#include "common/options.hpp"

namespace cli {

/// The warnings, and on stderr what was done to which entries.
void print_report(const CommandLine& line, const wheelfix::WheelEdit& edit,
                  const wheelfix::RecipeReport& report, const wheelfix::WriteResult& result);

nlohmann::ordered_json to_json(const std::filesystem::path& source, const wheelfix::WriteResult& result);

}  // namespace cli
