#include <wheelfix/named_recipes.hpp>

#include <fmt/format.h>

#include <vector>
#include <wheelfix/error.hpp>
#include <wheelfix/spelling.hpp>

#include "base/file.hpp"
#include "base/own_folder.hpp"
#include "base/text.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

constexpr OwnFolder shipped_recipes = {WHEELFIX_RECIPES_FROM_BIN, WHEELFIX_RECIPES_FROM_LIB,
                                       WHEELFIX_RECIPES_DIR};
constexpr auto own_recipes = "WHEELFIX_RECIPES";
constexpr auto list_hint = "`wheelfix recipes` lists them";

/// Adds the recipes of a folder whose names aren't there yet.
void add_recipes_of(const fs::path& folder, std::map<std::string, fs::path>& recipes) {
  for (const auto& item : fs::directory_iterator(folder)) {
    std::error_code ignored;
    if (fs::exists(item.path() / "wheelfix.toml", ignored))
      recipes.emplace(item.path().filename().string(), item.path().lexically_normal());
  }
}

std::string hint_for(std::string_view name, const std::map<std::string, fs::path>& recipes) {
  if (name.find('/') != name.npos || is_folder(name))
    return fmt::format("for a folder of your own it is --patch-dir {}", printable(name));
  std::vector<std::string_view> names;
  for (const auto& [known, folder] : recipes) names.push_back(known);
  const auto like = spelled_like(name, names);
  return like.empty() ? list_hint : fmt::format("is it {}? {} all", or_list(like), list_hint);
}

}  // namespace

std::map<std::string, fs::path> find_named_recipes() {
  std::map<std::string, fs::path> recipes;
  if (const auto own = environment_variable(own_recipes); !own.empty()) {
    if (!is_folder(own))
      throw Error(ErrorCode::usage, own_recipes, fmt::format("{} isn't a folder", printable(own)),
                  "name a folder of recipes, or unset it");
    add_recipes_of(own, recipes);
  }
  for (const auto& place : places_of(shipped_recipes)) {
    if (!is_folder(place)) continue;
    add_recipes_of(place, recipes);
    break;
  }
  return recipes;
}

fs::path find_named_recipe(std::string_view name, std::string_view where) {
  const auto recipes = find_named_recipes();
  const auto found = recipes.find(std::string(name));
  if (found == recipes.end())
    throw Error(ErrorCode::usage, std::string(where),
                fmt::format("no recipe has the name '{}'", printable(name)), hint_for(name, recipes));
  return found->second;
}

}  // namespace wheelfix
