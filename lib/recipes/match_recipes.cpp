#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <wheelfix/error.hpp>
#include <wheelfix/project_recipes.hpp>
#include <wheelfix/version.hpp>

#include "base/file.hpp"
#include "doctor/installation.hpp"
#include "installed/documents.hpp"
#include "installed/find_distribution.hpp"
#include "recipes/recipe_note.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

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

/// What was noted of a distribution; nothing if there is no note.
std::optional<RecipeNote> read_note(const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return std::nullopt;
  return RecipeNote::parse(read_file(file, RecipeNote::max_size), file.string());
}

/// Says of recipes for one distribution which are applied. They are, or are due, from first to last.
class DistributionMatch {
 public:
  DistributionMatch(const std::vector<ProjectRecipe>& recipes, std::vector<RecipeMatch>& matches,
                    const InstalledName& installed, std::vector<std::size_t> numbers)
      : recipes_(recipes),
        matches_(matches),
        site_(installed.site),
        note_file_(site_ / installed.dist_info / RecipeNote::file_name),
        numbers_(std::move(numbers)) {}

  void run() {
    const auto note = read_note(note_file_);
    if (!note) return set(0, RecipeMatch::State::due);
    if (const auto why = reason_against(*note); !why.empty()) return set(0, RecipeMatch::State::stale, why);
    set(0, RecipeMatch::State::applied);
    set(note->recipes.size(), RecipeMatch::State::due);
  }

 private:
  std::string reason_against(const RecipeNote& note) const {
    for (std::size_t i = 0; i < note.recipes.size(); ++i) {
      const auto& [name, digest] = note.recipes[i];
      if (i >= numbers_.size())
        return "the recipe " + printable(name) + " was applied, and isn't there any more";
      const auto& recipe = recipes_[numbers_[i]];
      const auto own_name = recipe.folder.filename().string();
      if (own_name != name)
        return "the recipe " + printable(name) + " was applied before " + printable(own_name);
      if (recipe.digest != digest) return "the recipe was changed since it was applied";
    }
    const auto changed = note.changed_file(site_, note_file_);
    return changed ? printable(*changed) + " was changed since the recipe was applied" : std::string();
  }

  void set(std::size_t first, RecipeMatch::State state, const std::string& why = {}) {
    for (auto i = first; i < numbers_.size(); ++i) {
      matches_[numbers_[i]].state = state;
      matches_[numbers_[i]].why = why;
    }
  }

  const std::vector<ProjectRecipe>& recipes_;
  std::vector<RecipeMatch>& matches_;
  fs::path site_, note_file_;
  std::vector<std::size_t> numbers_;  ///< of the recipes
};

}  // namespace

std::vector<RecipeMatch> match_recipes(const std::vector<ProjectRecipe>& recipes,
                                       const std::vector<fs::path>& sites) {
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
    DistributionMatch(recipes, matches, installed.at(project), std::move(numbers)).run();
  return matches;
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
