#pragma once

#include <filesystem>
#include <wheelfix/recipe.hpp>

#include "common/options.hpp"

namespace cli {

void add_patch_options(CommandLine& line);

std::filesystem::path wheel_path(const CommandLine& line);

/// The patches and recipes that are named, in the order of the command line, and after them what the options
/// ask for. Options take precedence: --suffix, --rpath-kind and -p over those of recipes.
wheelfix::Recipe read_recipe(const CommandLine& line);

wheelfix::RecipeOptions recipe_options(const CommandLine& line);

}  // namespace cli
