#include <algorithm>
#include <map>
#include <wheelfix/error.hpp>
#include <wheelfix/project_recipes.hpp>

#include "base/hash.hpp"
#include "deflate/inflate.hpp"
#include "library/entry_source.hpp"
#include "recipes/recipe_note.hpp"

namespace wheelfix {
namespace {

/// Of the content as edited.
std::string hash_of_entry(const WheelEdit& edit, const std::string& path) {
  Hasher hasher;
  stream_entry_edited(edit, path, {}, [&](std::string_view piece) { hasher.update(piece); });
  return hasher.finish_for_record();
}

void add_changed_files(const WheelEdit& edit, RecipeNote& note) {
  std::map<std::string, std::string> files;
  for (const auto& file : note.files) files[file.path] = file.hash;
  for (const auto& [path, item] : edit.overlay()) files[path] = item ? hash_of_entry(edit, path) : "";
  note.files.clear();
  for (const auto& [path, hash] : files) note.files.push_back({path, hash});
}

}  // namespace

RecipeReport apply_and_note(WheelEdit& edit, const std::vector<const ProjectRecipe*>& recipes,
                            const RecipeOptions& options) {
  const auto note_path = edit.wheel().dist_info() + "/" + std::string(RecipeNote::file_name);
  RecipeNote note;
  if (edit.contains(note_path)) note = RecipeNote::parse(edit.read(note_path), note_path);
  Recipe all;
  for (const auto* recipe : recipes) {
    all.append(recipe->recipe);
    note.recipes.push_back({recipe->folder.filename().string(), recipe->digest});
  }
  auto report = apply_recipe(edit, all, options);
  add_changed_files(edit, note);
  edit.set_content(note_path, note.to_string());
  return report;
}

}  // namespace wheelfix
