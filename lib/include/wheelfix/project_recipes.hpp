#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <wheelfix/recipe.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// A project that uses packages, and where its recipes are.
struct PatchedProject {
  std::filesystem::path root;  ///< the folder of its pyproject.toml, or the one that was given without one
  /// Those that `[tool.wheelfix] patches = ["patches"]` names; without that, `patches` if it exists.
  std::vector<std::filesystem::path> folders;
};

/// The project of a folder: the nearest pyproject.toml in it or above it is read. Throws Error{bad_recipe}
/// for one that isn't TOML, or names something else than folders; Error{io}.
PatchedProject find_project(const std::filesystem::path& folder);

/// A recipe, as it is now.
struct ProjectRecipe {
  std::filesystem::path folder;
  Recipe recipe;       ///< without its suffix, because what is installed keeps its version
  std::string digest;  ///< of its wheelfix.toml and of all files that this names

  /// The project that it is for, normalised.
  std::string project() const;
};

/// The recipes of folders, each a recipe or a folder of recipes, in order of name. Folders without a
/// wheelfix.toml are skipped below a folder that was given. Throws Error{bad_recipe} for a recipe that can't
/// be read, and for a folder that is given and has none; Error{io}.
std::vector<ProjectRecipe> find_recipes(const std::vector<std::filesystem::path>& folders);

/// What is to be done with a recipe in an environment.
struct RecipeMatch {
  enum class State {
    not_installed,
    other_version,  ///< the recipe isn't for the version that is installed
    due,            ///< to be applied
    applied,
    stale,  ///< something else was applied, or was changed since: see `why`
  };
  State state = State::not_installed;
  std::string version = {};         ///< that is installed
  std::filesystem::path site = {};  ///< the folder of packages that it is in
  std::string why = {};             ///< in words, of a stale one
};

/// Finds out what is to be done with each recipe, by the names in the folders of packages alone, and by what
/// apply_and_note noted in the .dist-info of those that match. In the order of the recipes.
std::vector<RecipeMatch> match_recipes(const std::vector<ProjectRecipe>& recipes,
                                       const std::vector<std::filesystem::path>& sites);

/// The environment that a project has if none is named, as examine_installed takes it: $VIRTUAL_ENV, or
/// `.venv` in the project's folder, or the venv of the python3 of PATH; else empty, for that Python itself.
std::vector<std::filesystem::path> default_environment(const std::filesystem::path& project_root);

/// The folders of packages of an environment. Of a venv they are known without running its Python. Throws as
/// examine_installed.
std::vector<std::filesystem::path> find_sites(const std::vector<std::filesystem::path>& environment);

/// Applies recipes of one project to what is installed of it (Site::distributions), all parts of a kind
/// together as Recipe::append has them, and notes in a file of its .dist-info that it has them and what they
/// changed, after those that it had. Throws as apply_recipe.
RecipeReport apply_and_note(WheelEdit& edit, const std::vector<const ProjectRecipe*>& recipes,
                            const RecipeOptions& options);

}  // namespace wheelfix
#pragma GCC visibility pop
