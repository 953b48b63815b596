#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/edit.hpp>
#include <wheelfix/library_rules.hpp>
#include <wheelfix/patch.hpp>
#include <wheelfix/version_specifiers.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// All changes to be made to a wheel. Read from the `wheelfix.toml` of a patch folder, or made from options.
/// `where` names the origin of a part, for errors: `FOLDER/wheelfix.toml:12`, `--add`.
struct Recipe {
  /// The wheels that it is for.
  struct Target {
    std::string project;
    VersionSpecifiers versions;
    std::string where;
  };
  struct Suffix {
    std::string label;
    std::string where;
  };
  struct Removal {
    std::string glob;  ///< fnmatch over the whole entry path; `*` matches `/` too
    std::string where;
  };
  struct Patch {
    std::filesystem::path file;
    std::optional<unsigned> strip;  ///< its own -p
  };
  /// An entry that is made from a file: from its bytes, or from the stub template in it.
  struct Addition {
    std::string entry;
    std::filesystem::path file;
    std::string where;
  };
  struct RpathKind {
    SearchPathKind kind = SearchPathKind::keep;
    std::string where;
  };

  std::string description;      ///< in one line; empty if it has none
  std::vector<Target> targets;  ///< a wheel must be in all of them
  std::optional<Suffix> suffix;
  std::vector<Removal> removals;
  std::vector<Patch> patches;
  std::vector<Addition> additions;
  std::vector<LibraryRule> rules;
  std::optional<RpathKind> rpath_kind;
  std::vector<Addition> stubs;

  /// Appends another recipe's parts; the description stays. Throws Error{bad_recipe} if both have a suffix,
  /// or a kind of rpath, and these differ.
  void append(Recipe other);
};

/// Parses a `wheelfix.toml`; patches/README.md has its keys. Paths in it are relative to the folder of
/// `file`, and may not leave it: only the command line names files elsewhere. Throws Error{bad_recipe} naming
/// the line.
Recipe parse_recipe(std::string_view text, const std::filesystem::path& file);

/// The recipe of a patch folder: its `wheelfix.toml`, with the patches that this lists; if it lists none, or
/// doesn't exist, those that list_patch_folder finds. A file that is a symlink out of the folder is refused,
/// unless wheelfix.toml is one too and both lead into one folder, as in Bazel's sandbox. Throws
/// Error{bad_recipe | bad_diff | io}.
Recipe load_recipe(const std::filesystem::path& folder);

/// An option's value, cut at its first `=`. `form` is the form that the error names, `ENTRY=FILE`. Throws
/// Error{usage}.
Recipe::Addition parse_addition(std::string_view text, std::string_view form, std::string where);

struct RecipeOptions {
  /// Its strip is for patches without one of their own. Its skip_applied also skips removals that match
  /// nothing, and additions and stubs that are there with the same content.
  PatchOptions patch = {};
  Verification verification = Verification::automatic;  ///< of edited libraries
  unsigned jobs = 0;                                    ///< threads; 0: one for each processor
  ProgressCallback progress = {};
  bool force = false;  ///< as LibraryRuleOptions has it
};

/// What was done to the entries, in order.
struct RecipeReport {
  struct Removed {
    std::string glob;
    std::vector<std::string> entries;
  };
  std::vector<Removed> removed;
  std::vector<PatchedFile> patched;
  std::vector<Recipe::Addition> added;
  std::vector<std::string> edited;  ///< libraries, by path
  std::vector<Recipe::Addition> stubs;
  std::vector<Finding>
      findings;  ///< of apply_library_rules; libraries that couldn't be read when stubs were made
  KnownLibraries libraries_before, libraries_after;  ///< as LibraryRuleReport has them
};

/// Removes, patches, adds, edits libraries, makes stubs, in this order: a patch sees what is left, rules see
/// the libraries that were added, a stub's globs see the names that are needed in the end, and no rule
/// changes a stub. Additions and stubs never replace an existing entry: it must be removed first. All or
/// nothing: `edit` is unchanged if this throws. Throws Error{bad_recipe} for a wheel that the recipe isn't
/// for, a glob that matches nothing, an entry that exists; and what apply_patches, apply_library_rules and
/// make_stub throw. Doesn't apply the suffix.
RecipeReport apply_recipe(WheelEdit& edit, const Recipe& recipe, const RecipeOptions& options);

}  // namespace wheelfix
#pragma GCC visibility pop
