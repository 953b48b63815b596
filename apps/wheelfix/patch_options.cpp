#include "wheelfix/patch_options.hpp"

#include <algorithm>
#include <array>
#include <wheelfix/named_recipes.hpp>

#include "wheelfix/patch_library.hpp"
#include "wheelfix/writing_options.hpp"

namespace cli {

namespace {

namespace fs = std::filesystem;
using namespace wheelfix;
using Action = LibraryRule::Action;

struct RuleOption {
  const char* name;
  Action action;
  const char* summary;
  const char* value;
};

constexpr std::array rule_options = {
    RuleOption{"set-rpath", Action::set_rpath, "set the search path, with `:` between entries", "GLOB=PATHS"},
    RuleOption{"add-rpath", Action::add_rpath, "append entries that aren't in the search path", "GLOB=PATHS"},
    RuleOption{"remove-rpath", Action::remove_rpath, "remove entries from the search path, or all of them",
               "GLOB[=PATHS]"},
    RuleOption{"add-needed", Action::add_needed, "add a needed library", "GLOB=NAME"},
    RuleOption{"remove-needed", Action::remove_needed,
               "remove a needed library; with --force its symbol versions too", "GLOB=NAME"},
    RuleOption{"replace-needed", Action::replace_needed, "replace needed library OLD with NEW",
               "GLOB=OLD:NEW"},
    RuleOption{"set-soname", Action::set_soname, "set the soname of one library", "ENTRY=NAME"},
};

void add_general(CommandLine& line) {
  line.add({{"w,wheel", "wheel to patch, instead of the argument", "WHEEL"},
            {"s,suffix",
             "local version label of the new wheel; required without --env unless a recipe sets it", "LABEL"},
            {"d,dest-dir", "folder for the new wheel, created if missing (default: .)", "DIR"}});
  add_environment_option(line);
  line.add({{"package", "with --env: the installed package to patch", "NAME"}});
  line.add_jobs();
  line.add_limits();
  line.add_limit({"max-input-size", "refuse patches with more than BYTES (default: 64 MiB)", "BYTES"});
  line.add_json();
}

void add_patch_group(CommandLine& line) {
  line.add_under(
      "Patches",
      {{"patch", "apply a patch", "FILE", repeatable},
       {"patch-dir", "apply a folder's wheelfix.toml, or its patches in the order of series or names", "DIR",
        repeatable},
       {"recipe", "apply a recipe by its name, as `wheelfix recipes` lists them", "RECIPE", repeatable},
       {"p", "path components to strip from the names in patches (default: 1)", "N"},
       {"fuzz", "context lines that may differ at the ends of a hunk (default: 0)", "N"},
       {"reverse", "apply the patches in reverse"},
       {"strict-eol", "refuse to apply patches with LF line ends to files with CRLF"},
       {"skip-applied", "skip changes that are already applied"}});
}

void add_entry_group(CommandLine& line) {
  line.add_under("Entries",
                 {{"remove", "remove entries, before anything else", "GLOB", repeatable},
                  {"add", "add a file as a new entry, after the patches", "ENTRY=FILE", repeatable},
                  {"stub", "add a library without code, made from a template, after everything else",
                   "ENTRY=TEMPLATE", repeatable}});
}

void add_library_group(CommandLine& line) {
  const std::string title = "Libraries, by globs of their full paths (`*` also matches `/`)";
  for (const auto& option : rule_options)
    line.add_under(title, {{option.name, option.summary, option.value, repeatable}});
  line.add_under(title, {{"rpath-kind",
                          "keep (default; a new one as inherited, else runpath), rpath or runpath",
                          "KIND",
                          false,
                          {"keep", "rpath", "runpath"}},
                         {"verify",
                          "read edited libraries back: auto (default), always (whole) or never",
                          "WHEN",
                          false,
                          {"auto", "always", "never"}}});
  add_library_file_options(line, title);
}

/// -p, if it is given.
std::optional<unsigned> strip_count(const CommandLine& line) {
  if (!line.has("p")) return std::nullopt;
  if (fs::is_directory(line.text("p"))) {
    line.refuse(fmt::format("-p is the number of components to strip, and {} is a folder", line.text("p")),
                "for a folder of patches use --patch-dir");
  }
  return static_cast<unsigned>(line.number("p", 1, 0, 100));
}

/// A patch, or the recipe of a folder or a name, as changed by options.
Recipe load_one(const CommandLine& line, const std::string& option, const std::string& path) {
  Recipe recipe;
  if (option == "patch") {
    recipe.patches.push_back({path, {}});
  } else {
    recipe = load_recipe(option == "recipe" ? find_named_recipe(path, "--recipe") : fs::path(path));
  }
  if (line.has("suffix")) recipe.suffix.reset();
  if (line.has("rpath-kind")) recipe.rpath_kind.reset();
  if (line.has("p")) {
    for (auto& patch : recipe.patches) patch.strip.reset();
  }
  return recipe;
}

bool gives_rpath(const LibraryRule& rule) {
  return rule.action == Action::set_rpath || rule.action == Action::add_rpath;
}

/// Calls `use` with action, value and name of each option that is a rule, in order.
template <class Use>
void for_each_rule(const CommandLine& line, Use use) {
  std::vector<std::string> names;
  for (const auto& option : rule_options) names.emplace_back(option.name);
  for (const auto& [name, value] : line.in_order(names)) {
    const auto option = std::ranges::find(rule_options, std::string_view(name), &RuleOption::name);
    use(option->action, value, "--" + name);
  }
}

void require_rpath(const CommandLine& line, const std::vector<LibraryRule>& rules) {
  if (line.has("rpath-kind") && std::ranges::none_of(rules, gives_rpath))
    line.refuse("--rpath-kind needs --set-rpath or --add-rpath");
}

Recipe from_options(const CommandLine& line) {
  Recipe recipe;
  if (line.has("suffix")) recipe.suffix = {line.text("suffix"), "--suffix"};
  if (line.has("rpath-kind")) recipe.rpath_kind = {rpath_kind(line), "--rpath-kind"};
  for (const auto& glob : line.list("remove")) recipe.removals.push_back({glob, "--remove"});
  for (const auto& text : line.list("add"))
    recipe.additions.push_back(parse_addition(text, "ENTRY=FILE", "--add"));
  for (const auto& text : line.list("stub"))
    recipe.stubs.push_back(parse_addition(text, "ENTRY=TEMPLATE", "--stub"));
  for_each_rule(line, [&](Action action, const std::string& value, std::string name) {
    recipe.rules.push_back(parse_library_rule(action, value, std::move(name)));
  });
  return recipe;
}

}  // namespace

void add_patch_options(CommandLine& line) {
  add_general(line);
  add_patch_group(line);
  add_entry_group(line);
  add_library_group(line);
  add_writing_group(line, " or lost loads");
}

fs::path wheel_path(const CommandLine& line) {
  auto wheels = line.positionals();
  if (line.has("wheel")) wheels.push_back(line.text("wheel"));
  if (wheels.empty()) line.refuse("no wheel is given");
  if (wheels.size() > 1)
    line.refuse(fmt::format("takes one wheel, not {}: {} and {}", wheels.size(), wheels[0], wheels[1]));
  return wheels.front();
}

Recipe read_recipe(const CommandLine& line) {
  Recipe recipe;
  for (const auto& [option, path] : line.in_order({"patch", "patch-dir", "recipe"}))
    recipe.append(load_one(line, option, path));
  recipe.append(from_options(line));
  require_rpath(line, recipe.rules);
  return recipe;
}

void require_suffix(const CommandLine& line, const Recipe& recipe) {
  if (!recipe.suffix) refuse_no_suffix(line);
}

std::vector<LibraryRule> library_file_rules(const CommandLine& line, const fs::path& file) {
  std::vector<LibraryRule> rules;
  for_each_rule(line, [&](Action action, const std::string& value, std::string name) {
    rules.push_back(parse_library_file_rule(action, value, std::move(name), file));
  });
  require_rpath(line, rules);
  return rules;
}

RecipeOptions recipe_options(const CommandLine& line) {
  return {.patch = {.strip = strip_count(line).value_or(1),
                    .fuzz = static_cast<unsigned>(line.number("fuzz", 0, 0, 100)),
                    .reverse = line.has("reverse"),
                    .strict_eol = line.has("strict-eol"),
                    .skip_applied = line.has("skip-applied"),
                    .max_input_size = line.max_input_size()},
          .verification = verification(line),
          .jobs = line.jobs(),
          .progress = progress_line(line.verbosity()),
          .force = line.has("force")};
}

}  // namespace cli
