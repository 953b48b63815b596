#include <wheelfix/project_recipes.hpp>

#include <algorithm>
#include <set>
#include <wheelfix/error.hpp>
#include <wheelfix/version.hpp>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "change/patch_files.hpp"
#include "change/refuse_recipe.hpp"
#include "toml/toml_table.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

constexpr auto project_file = "pyproject.toml";
constexpr auto recipe_text_file = "wheelfix.toml";
constexpr auto usual_folder = "patches";

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// The nearest folder with a pyproject.toml, from this one up.
std::optional<fs::path> project_root(const fs::path& folder) {
  for (auto above = fs::absolute(folder).lexically_normal();; above = above.parent_path()) {
    if (is_there(above / project_file)) return above;
    if (!above.has_relative_path()) return std::nullopt;
  }
}

/// `[tool.wheelfix] patches`; nothing if it isn't there.
std::optional<std::vector<TomlString>> patches_of(const TomlTable& project) {
  const auto tool = project.has("tool") ? project.table("tool") : std::nullopt;
  const auto own = tool && tool->has("wheelfix") ? tool->table("wheelfix") : std::nullopt;
  if (!own) return std::nullopt;
  own->allow_only({"patches"});
  if (!own->has("patches")) return std::nullopt;
  return own->strings("patches");
}

std::string digest_of(const fs::path& folder, const Recipe& recipe) {
  std::set<fs::path> files = {folder / recipe_text_file};
  for (const auto& patch : recipe.patches) files.insert(patch.file);
  for (const auto* additions : {&recipe.additions, &recipe.stubs})
    for (const auto& addition : *additions) files.insert(addition.file);
  Hasher hasher;
  for (const auto& file : files) {
    const auto name = file.lexically_relative(folder).generic_string();
    hasher.update(name + '\0' + sha256_hex(read_file(file)) + '\n');
  }
  return hasher.finish_for_record();
}

}  // namespace

PatchedProject find_project(const fs::path& folder) {
  const auto root = project_root(folder);
  PatchedProject project{.root = root.value_or(folder), .folders = {}};
  if (root) {
    // As it is below the working folder, which is shorter in messages.
    if (is_there(folder / project_file)) project.root = folder;
    const auto file = (project.root / project_file).lexically_normal();
    const auto table = TomlTable::parse(read_file(file, TomlTable::max_size), file.string());
    if (const auto patches = patches_of(table)) {
      for (const auto& name : *patches) {
        if (!is_folder(project.root / name.text))
          refuse_recipe(name.where, printable(name.text) + " isn't a folder",
                        "the paths in [tool.wheelfix] patches are relative to this file");
        project.folders.push_back((project.root / name.text).lexically_normal());
      }
      return project;
    }
  }
  if (is_folder(project.root / usual_folder))
    project.folders.push_back((project.root / usual_folder).lexically_normal());
  return project;
}

std::string ProjectRecipe::project() const {
  return normalize_project_name(recipe.targets.front().project);
}

std::vector<ProjectRecipe> find_recipes(const std::vector<fs::path>& folders, RecipeSet set) {
  std::vector<ProjectRecipe> recipes;
  const auto add = [&](const fs::path& folder) {
    auto recipe = load_recipe(folder);
    recipe.suffix.reset();  // what is installed keeps its version
    auto digest = digest_of(folder, recipe);
    recipes.push_back({folder, std::move(recipe), std::move(digest)});
  };
  for (const auto& folder : folders) {
    if (!is_folder(folder)) throw Error(ErrorCode::io, folder.string(), "isn't a folder");
    if (is_there(folder / recipe_text_file)) {
      add(folder);
      continue;
    }
    std::vector<fs::path> below;
    for (const auto& item : fs::directory_iterator(folder))
      if (is_there(item.path() / recipe_text_file)) below.push_back(item.path());
    if (below.empty() && set == RecipeSet::some)
      throw Error(ErrorCode::bad_recipe, folder.string(),
                  "has no recipes: no wheelfix.toml is in it or one below",
                  "`wheelfix commit` makes one of edited files");
    std::ranges::sort(below);
    for (const auto& recipe : below) add(recipe);
  }
  return recipes;
}

}  // namespace wheelfix
