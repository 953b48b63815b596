#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <wheelfix/applied_changes.hpp>
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
  std::string digest;  ///< of its wheelfix.toml and of all files that this names, as RECORD has hashes

  std::string name() const { return folder.filename().string(); }
  /// The project that it is for, normalised.
  std::string project() const;
};

/// Whether recipes are all that a project has, so that one that was applied and isn't among them is undone
/// when the others of its package are applied.
enum class RecipeSet { all, some };

/// The recipes of folders, each a recipe or a folder of recipes, in order of name. Folders without a
/// wheelfix.toml are skipped below a folder that was given. Throws Error{bad_recipe} for a recipe that can't
/// be read, and with RecipeSet::some for a folder that is given and has none; Error{io}.
std::vector<ProjectRecipe> find_recipes(const std::vector<std::filesystem::path>& folders, RecipeSet set);

/// What is to be done with a recipe in an environment.
struct RecipeMatch {
  enum class State {
    not_installed,
    other_version,  ///< the recipe isn't for the version that is installed
    due,            ///< to be applied
    applied,
    blocked,  ///< it is due, and can't be applied without losing something: see `why`
  };
  State state = State::not_installed;
  std::string version = {};         ///< that is installed
  std::filesystem::path site = {};  ///< the folder of packages that it is in
  std::string why = {};             ///< in words, if it is due again, or blocked
  /// The recipes of the package are to be applied to what its installer wrote, and not to what there is.
  bool is_again = false;
};

/// Finds out what is to be done with each recipe, by the names in the folders of packages alone, and by what
/// wheelfix.json says of those that match. In the order of the recipes. Throws Error{bad_wheel} for a
/// wheelfix.json that can't be read.
std::vector<RecipeMatch> match_recipes(const std::vector<ProjectRecipe>& recipes,
                                       const std::vector<std::filesystem::path>& sites, RecipeSet set);

/// A package that has recipes which a project has no more.
struct LeftRecipes {
  std::string project;
  std::string version;
  std::vector<std::string> names;
};

/// The packages of which no recipe is for what is installed, and some were applied.
std::vector<LeftRecipes> find_left_recipes(const std::vector<ProjectRecipe>& recipes,
                                           const std::vector<std::filesystem::path>& sites);

/// The environment that a project has if none is named, as examine_installed takes it: $VIRTUAL_ENV, or
/// `.venv` in the project's folder, or the venv of the python3 of PATH; else empty, for that Python itself.
std::vector<std::filesystem::path> default_environment(const std::filesystem::path& project_root);

/// The folders of packages of an environment. Of a venv they are known without running its Python. Throws as
/// examine_installed.
std::vector<std::filesystem::path> find_sites(const std::vector<std::filesystem::path>& environment);

/// The recipes of one package that are to be applied to it.
struct DueRecipes {
  std::vector<const ProjectRecipe*> recipes;  ///< that are to be applied
  std::vector<AppliedSource> sources;  ///< all that the package has then: for SiteCommitOptions::sources
  bool is_again = false;               ///< see RecipeMatch
};

/// By project, what is due.
std::map<std::string, DueRecipes> due_recipes(const std::vector<ProjectRecipe>& recipes,
                                              const std::vector<RecipeMatch>& matches);

/// An edit of what is installed, of Site::distributions, that recipes are to be applied to.
WheelEdit edit_for(const DueRecipes& due, const Wheel& installed);

/// Applies the recipes, all parts of a kind together as Recipe::append has them. Throws as apply_recipe.
RecipeReport apply_recipes(WheelEdit& edit, const DueRecipes& due, const RecipeOptions& options);

}  // namespace wheelfix
#pragma GCC visibility pop
