#pragma once

#include <filesystem>
#include <vector>
#include <wheelfix/recipe.hpp>

#include "common/options.hpp"

namespace cli {

void add_patch_options(CommandLine& line);

std::filesystem::path wheel_path(const CommandLine& line);

/// The patches and recipes that are named, in the order of the command line, and after them what the options
/// ask for. Options take precedence: --suffix, --rpath-kind and -p over those of recipes.
wheelfix::Recipe read_recipe(const CommandLine& line);
/// Throws Error{usage} if neither a recipe nor an option has one.
void require_suffix(const CommandLine& line, const wheelfix::Recipe& recipe);

/// The options for libraries, for one that isn't in a wheel.
std::vector<wheelfix::LibraryRule> library_file_rules(const CommandLine& line,
                                                      const std::filesystem::path& file);

wheelfix::RecipeOptions recipe_options(const CommandLine& line);

}  // namespace cli
