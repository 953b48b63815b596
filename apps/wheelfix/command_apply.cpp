#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/named_recipes.hpp>
#include <wheelfix/project_recipes.hpp>
#include <wheelfix/site.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"
#include "wheelfix/patch_report.hpp"
#include "wheelfix/shell_word.hpp"
#include "wheelfix/site_report.hpp"

namespace cli {

namespace {

namespace fs = std::filesystem;
using namespace wheelfix;
using State = RecipeMatch::State;

constexpr auto apply_description =
    "Applies a project's recipes to what is installed: those whose package is installed in a version that\n"
    "they are for, all of them or none. What is applied already is skipped, so it can be run after each\n"
    "`uv sync` or `pip install`. Prints the packages that change.\n"
    "\n"
    "DIR is a recipe or a folder of recipes. Without it the recipes are those of the folders that\n"
    "pyproject.toml names, `[tool.wheelfix] patches = [\"patches\"]`, or else of the folder patches. The\n"
    "environment is that of --env, $VIRTUAL_ENV, the project's .venv, or the python3 of PATH.\n";

constexpr auto apply_example =
    "  uv sync && wheelfix apply\n"
    "  wheelfix apply --check\n";

std::vector<fs::path> recipe_folders(const CommandLine& line, const PatchedProject& project) {
  std::vector<fs::path> given(line.positionals().begin(), line.positionals().end());
  for (const auto& name : line.list("recipe")) given.push_back(find_named_recipe(name, "--recipe"));
  if (!given.empty()) return given;
  if (!project.folders.empty()) return project.folders;
  line.refuse("no folder of recipes is given, and this project has none",
              "name it, or write `[tool.wheelfix]` and `patches = [\"DIR\"]` in pyproject.toml");
}

/// A project's recipes, and what is to be done with them.
struct Plan {
  std::vector<fs::path> environment;
  std::vector<ProjectRecipe> recipes;
  std::vector<RecipeMatch> matches;
  std::vector<LeftRecipes> left;

  std::size_t count(State state) const {
    return static_cast<std::size_t>(std::ranges::count(matches, state, &RecipeMatch::state));
  }
  std::string name(std::size_t i) const {
    return fmt::format("{} {} ({})", recipes[i].project(), printable(matches[i].version),
                       printable(recipes[i].folder.string()));
  }
  /// Whether another recipe is for the version that is installed.
  bool has_other(std::size_t i) const {
    for (std::size_t j = 0; j < recipes.size(); ++j)
      if (recipes[j].project() == recipes[i].project() && matches[j].state != State::other_version)
        return true;
    return false;
  }
};

Plan make_plan(const CommandLine& line) {
  const bool is_given = line.has("recipe") || !line.positionals().empty();
  const auto set = is_given ? RecipeSet::some : RecipeSet::all;
  const auto project = find_project(".");
  Plan plan{.environment = {},
            .recipes = find_recipes(recipe_folders(line, project), set),
            .matches = {},
            .left = {}};
  const auto given = line.list("env");
  plan.environment =
      given.empty() ? default_environment(project.root) : std::vector<fs::path>(given.begin(), given.end());
  const auto sites = find_sites(plan.environment);
  plan.matches = match_recipes(plan.recipes, sites, set);
  if (set == RecipeSet::all) plan.left = find_left_recipes(plan.recipes, sites);
  return plan;
}

/// What brings back the original of a package.
std::string undo_command(const Plan& plan, const std::string& project) {
  std::string command = "wheelfix undo";
  for (const auto& path : plan.environment) command += " --env " + shell_word(path.string());
  return command + " --package " + project;
}

/// What isn't going to be applied.
void print_skipped(const CommandLine& line, const Plan& plan) {
  const bool is_verbose = line.verbosity() == Verbosity::verbose;
  for (std::size_t i = 0; i < plan.recipes.size(); ++i) {
    const auto& target = plan.recipes[i].recipe.targets.front();
    const auto state = plan.matches[i].state;
    if (state == State::other_version && !plan.has_other(i))
      print_warning(fmt::format("{} {} is installed, and {} is for {}", plan.recipes[i].project(),
                                printable(plan.matches[i].version),
                                printable(plan.recipes[i].folder.string()),
                                printable(target.versions.text())));
    if (is_verbose && state == State::not_installed)
      print_line(fmt::format("{} isn't installed ({})", plan.recipes[i].project(),
                             printable(plan.recipes[i].folder.string())));
    if (is_verbose && state == State::applied) print_line("is applied: " + plan.name(i));
  }
}

void print_left(const Plan& plan) {
  for (const auto& [project, version, names] : plan.left)
    print_warning(fmt::format("{} {} has {} applied, which this project has no more: `{}` undoes it", project,
                              printable(version), printable(fmt::format("{}", fmt::join(names, ", "))),
                              undo_command(plan, project)));
}

void refuse_blocked(const Plan& plan) {
  const auto blocked = std::ranges::find(plan.matches, State::blocked, &RecipeMatch::state);
  if (blocked == plan.matches.end()) return;
  const auto i = static_cast<std::size_t>(blocked - plan.matches.begin());
  throw Error(ErrorCode::does_not_apply, plan.name(i), blocked->why,
              fmt::format("`{}` brings back what was installed; then apply again",
                          undo_command(plan, plan.recipes[i].project())));
}

const char* name_of(State state) {
  switch (state) {
    case State::not_installed:
      return "not-installed";
    case State::other_version:
      return "other-version";
    case State::due:
      return "due";
    case State::applied:
      return "applied";
    case State::blocked:
      break;
  }
  return "blocked";
}

void print_states(const Plan& plan) {
  auto items = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < plan.recipes.size(); ++i) {
    const auto& match = plan.matches[i];
    items.push_back({{"recipe", plan.recipes[i].folder.string()},
                     {"project", plan.recipes[i].project()},
                     {"version", string_or_null(match.version)},
                     {"folder", string_or_null(match.site.string())},
                     {"state", name_of(match.state)},
                     {"why", string_or_null(match.why)}});
  }
  print_json({{"recipes", items}});
}

int check(const CommandLine& line, const Plan& plan) {
  const auto missing = plan.count(State::due) + plan.count(State::blocked);
  if (line.json()) {
    print_states(plan);
    return missing > 0 ? 1 : 0;
  }
  for (std::size_t i = 0; i < plan.recipes.size(); ++i) {
    const auto& [state, version, site, why, is_again] = plan.matches[i];
    if (state == State::due || state == State::blocked)
      print(fmt::format("isn't applied: {}{}{}\n", plan.name(i), why.empty() ? "" : ": ", why));
  }
  if (plan.count(State::due) > 0 && line.verbosity() != Verbosity::quiet)
    print_line("`wheelfix apply` applies what is missing");
  return missing > 0 ? 1 : 0;
}

/// The packages that recipes are due for, and what these change.
struct Due {
  std::vector<Wheel> packages;
  std::vector<WheelEdit> edits;
  std::vector<RecipeReport> reports;
  std::vector<std::vector<AppliedSource>> sources;
};

/// A package that is as its recipes make it, as one that `wheelfix patch` wrote with them, is left out, and
/// counts as one that they are applied to.
Due find_due(const CommandLine& line, const Site& site, Plan& plan) {
  Due all;
  for (const auto& [project, due] : due_recipes(plan.recipes, plan.matches)) {
    auto package = site.distribution(project);
    auto edit = edit_for(due, package);
    auto report = apply_recipes(
        edit, due,
        {.patch = {.skip_applied = true}, .jobs = line.jobs(), .progress = progress_line(line.verbosity())});
    if (edit.overlay().empty()) {
      for (std::size_t i = 0; i < plan.recipes.size(); ++i)
        if (plan.recipes[i].project() == project && plan.matches[i].state == State::due)
          plan.matches[i].state = State::applied;
      continue;
    }
    all.packages.push_back(std::move(package));
    all.edits.push_back(std::move(edit));
    all.reports.push_back(std::move(report));
    all.sources.push_back(due.sources);
  }
  return all;
}

void apply(const CommandLine& line, Site& site, const Due& due) {
  auto options = site_commit_options(line, "apply");
  options.sources = due.sources;
  std::vector<const WheelEdit*> pointers;
  for (std::size_t i = 0; i < due.edits.size(); ++i) {
    check_loads(line, due.edits[i], due.reports[i]);
    pointers.push_back(&due.edits[i]);
  }
  site.commit(pointers, options, [&](const std::vector<CommittedEdit>& results) {
    for (std::size_t i = 0; i < results.size(); ++i)
      print_report(line, due.edits[i], due.reports[i], results[i].changed, results[i].notes);
    print_committed(line, site, due.packages, results);
  });
}

}  // namespace

int run_apply(int argc, char** argv) {
  CommandLine line("wheelfix apply", "[OPTION...] [DIR...]", apply_description, apply_example);
  line.add({{"env", "the environment: an interpreter, a venv or conda prefix, or a folder of packages",
             "PATH", repeatable},
            {"recipe", "apply a recipe by its name, as `wheelfix recipes` lists them, instead", "RECIPE",
             repeatable},
            {"check", "change nothing; exit with status 1 if something isn't applied"},
            {"dry-run", "check whether all applies, but change nothing"},
            {"force", "change files too that differ from RECORD, and despite lost loads"}});
  line.add_jobs();
  line.add_limits();
  line.add_json();
  if (!line.parse(argc, argv)) return 0;

  auto plan = make_plan(line);
  print_skipped(line, plan);
  print_left(plan);
  const bool is_check = line.has("check");
  if (!is_check) refuse_blocked(plan);
  if (plan.count(State::due) > 0) {
    auto site = open_site(line, plan.environment, is_check ? SiteAccess::read : SiteAccess::change);
    const auto due = find_due(line, site, plan);
    if (!is_check && !due.edits.empty()) {
      apply(line, site, due);
      return 0;
    }
  }
  if (is_check) return check(line, plan);
  if (line.json()) {
    print_states(plan);
  } else if (line.verbosity() != Verbosity::quiet) {
    const auto applied = plan.count(State::applied);
    print_line(
        fmt::format("nothing to do: {} {} applied", applied, applied == 1 ? "recipe is" : "recipes are"));
  }
  return 0;
}

}  // namespace cli
