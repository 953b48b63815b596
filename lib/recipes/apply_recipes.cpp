#include <utility>
#include <wheelfix/project_recipes.hpp>

#include "recipes/originals.hpp"

namespace wheelfix {

std::map<std::string, DueRecipes> due_recipes(const std::vector<ProjectRecipe>& recipes,
                                              const std::vector<RecipeMatch>& matches) {
  std::map<std::string, DueRecipes> all;
  for (std::size_t i = 0; i < recipes.size(); ++i) {
    const auto& match = matches[i];
    const bool is_due = match.state == RecipeMatch::State::due;
    if (!is_due && match.state != RecipeMatch::State::applied) continue;
    auto& due = all[recipes[i].project()];
    due.is_again = match.is_again;
    due.sources.push_back({recipes[i].name(), recipes[i].digest});
    if (is_due || match.is_again) due.recipes.push_back(&recipes[i]);
  }
  std::erase_if(all, [](const auto& item) { return item.second.recipes.empty(); });
  return all;
}

WheelEdit edit_for(const DueRecipes& due, const Wheel& installed) {
  if (!due.is_again) return WheelEdit(installed);
  const auto original = original_of(installed).edit;
  // Paths and contents, for what is installed with the RECORD that it has.
  WheelEdit edit(installed);
  for (const auto& [path, item] : original.overlay()) {
    if (!item) {
      edit.remove(path);
    } else {
      edit.set_content(path, *item->content);
      edit.set_mode(path, original.mode(path));
    }
  }
  return edit;
}

RecipeReport apply_recipes(WheelEdit& edit, const DueRecipes& due, const RecipeOptions& options) {
  Recipe all;
  for (const auto* recipe : due.recipes) all.append(recipe->recipe);
  return apply_recipe(edit, all, options);
}

}  // namespace wheelfix
