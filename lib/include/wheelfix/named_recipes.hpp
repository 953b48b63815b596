#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#pragma GCC visibility push(default)
namespace wheelfix {

/// The folders of the recipes that have names, by these: those of the folder $WHEELFIX_RECIPES, if it is set,
/// and those that come with wheelfix and have no namesake there. Throws Error{usage} if $WHEELFIX_RECIPES
/// isn't a folder, Error{io}.
std::map<std::string, std::filesystem::path> find_named_recipes();

/// The folder of one. `where` is what gave the name, for errors: `--recipe`. Throws Error{usage} for an
/// unknown name, and says which are like it; Error{io}.
std::filesystem::path find_named_recipe(std::string_view name, std::string_view where);

}  // namespace wheelfix
#pragma GCC visibility pop
