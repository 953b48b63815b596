#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <wheelfix/applied_changes.hpp>
#include <wheelfix/project_recipes.hpp>
#include <wheelfix/version.hpp>

#include "base/file.hpp"
#include "doctor/installation.hpp"
#include "installed/documents.hpp"
#include "installed/find_distribution.hpp"
#include "recipes/changed_file.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view apply_command = "apply";

struct InstalledName {
  fs::path site;
  std::string dist_info;
  std::string version;
};

/// By project, the first of each.
std::map<std::string, InstalledName> installed_names(const std::vector<fs::path>& sites) {
  std::map<std::string, InstalledName> found;
  for (const auto& site : sites)
    for (const auto& name : list_dist_info(site)) {
      auto [project, version] = information_name(name);
      found.try_emplace(std::move(project), InstalledName{site, name, std::move(version)});
    }
  return found;
}

bool is_for(const Recipe& recipe, const std::string& version_text) {
  const auto version = Version::try_parse(version_text);
  return version && std::ranges::all_of(recipe.targets, [&](const Recipe::Target& target) {
           return target.versions.contains(*version);
         });
}

/// The folders of packages of a venv; empty for another folder.
std::vector<fs::path> sites_of_venv(const fs::path& prefix) {
  std::vector<fs::path> sites;
  std::error_code ignored;
  if (!fs::exists(prefix / "pyvenv.cfg", ignored)) return sites;
  for (fs::directory_iterator it(prefix / "lib", ignored), end; !ignored && it != end;
       it.increment(ignored)) {
    const bool is_python = it->path().filename().string().starts_with("python");
    if (is_python && is_folder(it->path() / "site-packages")) sites.push_back(it->path() / "site-packages");
  }
  std::ranges::sort(sites);
  return sites;
}

/// Each run of `apply` lists all recipes that the distribution has after it.
std::vector<AppliedSource> applied_recipes(const AppliedChanges& changes) {
  for (auto run = changes.runs.rbegin(); run != changes.runs.rend(); ++run)
    if (run->command == apply_command) return run->sources;
  return {};
}

/// Says of recipes for one distribution which are applied. They are, or are due, from first to last.
class DistributionMatch {
 public:
  DistributionMatch(const std::vector<ProjectRecipe>& recipes, std::vector<RecipeMatch>& matches,
                    std::vector<std::size_t> numbers, RecipeSet set)
      : recipes_(recipes), matches_(matches), numbers_(std::move(numbers)), set_(set) {}

  void run(const InstalledName& installed) {
    const auto changes = applied_changes_in(installed.site / installed.dist_info);
    if (!changes) return mark(0, State::due);
    const auto applied = applied_recipes(*changes);
    const auto same = count_same(applied);
    const bool is_again = same < applied.size();
    mark(0, State::applied);
    mark(same, State::due);
    if (const auto file = changed_file(installed.site, *changes))
      return block(0, printable(*file) + " was changed since wheelfix changed it");
    if (!is_again) return;
    const auto why = reason(applied[same], same);
    const auto is_other = [](const AppliedRun& run) { return run.command != apply_command; };
    if (std::ranges::any_of(changes->runs, is_other))
      return block(same, why + ", and the package was changed by other commands too");
    if (set_ == RecipeSet::some && !has(applied[same].name))
      return block(same, "the recipe " + printable(applied[same].name) + " was applied too, and isn't given");
    for (const auto number : numbers_) matches_[number].is_again = true;
    for (auto i = same; i < numbers_.size(); ++i) matches_[numbers_[i]].why = why;
    if (same == numbers_.size()) again_without(applied[same].name);
  }

 private:
  using State = RecipeMatch::State;

  std::size_t count_same(const std::vector<AppliedSource>& applied) const {
    std::size_t same = 0;
    while (same < applied.size() && same < numbers_.size() && source(same) == applied[same]) ++same;
    return same;
  }

  AppliedSource source(std::size_t i) const {
    const auto& recipe = recipes_[numbers_[i]];
    return {recipe.name(), recipe.digest};
  }

  bool has(std::string_view name) const {
    return std::ranges::any_of(numbers_, [&](std::size_t number) { return recipes_[number].name() == name; });
  }

  std::string reason(const AppliedSource& applied, std::size_t same) const {
    if (!has(applied.name)) return "the recipe " + printable(applied.name) + " isn't there any more";
    if (source(same).name == applied.name) return "the recipe was changed since it was applied";
    return "the recipe " + printable(applied.name) + " was applied before it";
  }

  /// The last recipes were removed: the one before is due again.
  void again_without(const std::string& name) {
    auto& last = matches_[numbers_.back()];
    last.state = State::due;
    last.why = "the recipe " + printable(name) + " isn't there any more";
  }

  void mark(std::size_t first, State state) {
    for (auto i = first; i < numbers_.size(); ++i) matches_[numbers_[i]].state = state;
  }

  void block(std::size_t first, const std::string& why) {
    mark(std::min(first, numbers_.size() - 1), State::blocked);
    for (const auto number : numbers_)
      if (matches_[number].state == State::blocked) matches_[number].why = why;
  }

  const std::vector<ProjectRecipe>& recipes_;
  std::vector<RecipeMatch>& matches_;
  std::vector<std::size_t> numbers_;  ///< of the recipes
  RecipeSet set_;
};

}  // namespace

std::vector<RecipeMatch> match_recipes(const std::vector<ProjectRecipe>& recipes,
                                       const std::vector<fs::path>& sites, RecipeSet set) {
  const auto installed = installed_names(sites);
  std::vector<RecipeMatch> matches(recipes.size());
  std::map<std::string, std::vector<std::size_t>> by_project;
  for (std::size_t i = 0; i < recipes.size(); ++i) {
    const auto found = installed.find(recipes[i].project());
    if (found == installed.end()) continue;
    matches[i].version = found->second.version;
    matches[i].site = found->second.site;
    matches[i].state = RecipeMatch::State::other_version;
    if (is_for(recipes[i].recipe, found->second.version)) by_project[found->first].push_back(i);
  }
  for (auto& [project, numbers] : by_project)
    DistributionMatch(recipes, matches, std::move(numbers), set).run(installed.at(project));
  return matches;
}

std::vector<LeftRecipes> find_left_recipes(const std::vector<ProjectRecipe>& recipes,
                                           const std::vector<fs::path>& sites) {
  std::vector<LeftRecipes> left;
  for (const auto& [project, installed] : installed_names(sites)) {
    const auto is_for_it = [&, &name = project, &version = installed.version](const ProjectRecipe& recipe) {
      return recipe.project() == name && is_for(recipe.recipe, version);
    };
    if (std::ranges::any_of(recipes, is_for_it)) continue;
    const auto changes = applied_changes_in(installed.site / installed.dist_info);
    if (!changes) continue;
    std::vector<std::string> names;
    for (const auto& source : applied_recipes(*changes)) names.push_back(source.name);
    if (!names.empty()) left.push_back({project, installed.version, std::move(names)});
  }
  return left;
}

std::vector<fs::path> default_environment(const fs::path& project_root) {
  if (const auto active = environment_variable("VIRTUAL_ENV"); !active.empty()) return {active};
  if (!sites_of_venv(project_root / ".venv").empty()) return {project_root / ".venv"};
  const auto prefix = find_on_path("python3").parent_path().parent_path();
  if (!prefix.empty() && !sites_of_venv(prefix).empty()) return {prefix};
  return {};
}

std::vector<fs::path> find_sites(const std::vector<fs::path>& environment) {
  if (environment.size() == 1)
    if (auto sites = sites_of_venv(environment.front()); !sites.empty()) return sites;
  std::vector<fs::path> sites;
  for (const auto& folder : find_installation(environment, std::nullopt).folders)
    sites.push_back(folder.path);
  return sites;
}

}  // namespace wheelfix
