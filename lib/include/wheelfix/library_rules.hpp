#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/binary.hpp>
#include <wheelfix/edit.hpp>
#include <wheelfix/library.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// What is to be done to the dynamic sections of some of a wheel's libraries.
struct LibraryRule {
  enum class Action {
    set_rpath,       ///< exactly `values`
    add_rpath,       ///< those of `values` that aren't there yet, after those that are
    remove_rpath,    ///< `values` taken out; if there are none the whole path
    add_needed,      ///< those of `values` that aren't there yet, after those that are
    remove_needed,   ///< `values` taken out
    replace_needed,  ///< values[0] becomes values[1], in its place
    set_soname,      ///< values[0]; `glob` is the path of one entry
  };

  Action action = Action::set_rpath;
  std::string glob;  ///< fnmatch over the whole entry path; `*` matches `/` too
  std::vector<std::string> values;
  std::string origin;  ///< where it was written, for errors: `--set-rpath`, `wheelfix.toml:12`
};

/// A rule from an option's value: `GLOB=PATHS`, `GLOB=NAME`, `GLOB=OLD:NEW`, `ENTRY=NAME`. The first `=`
/// splits; search paths are cut at colons. Throws Error{usage}.
LibraryRule parse_library_rule(LibraryRule::Action action, std::string_view text, std::string origin);

struct LibraryRuleOptions {
  /// keep: also DT_RPATH, not DT_RUNPATH, for a library without a path that finds something by the DT_RPATH
  /// of one that has it loaded, by the rules of glibc's loader: a DT_RUNPATH would end that.
  SearchPathKind kind = SearchPathKind::keep;
  Verification verification = Verification::automatic;
  unsigned jobs = 0;  ///< threads; 0: one for each processor
  /// A library that goes, though symbol versions are asked of it, takes them along.
  bool force = false;
};

struct LibraryRuleReport {
  std::vector<std::string> changed;  ///< paths of the libraries that differ now, in order
  /// `second-reader-absent`, a note, once; `second-reader-died`, a warning, for each library.
  std::vector<Finding> findings;
  /// Libraries that were read: those of the wheel that the edit had left as they were, and all that the globs
  /// match, as they are now.
  KnownLibraries before, after;
};

/// Applies the rules in their order to the edit's libraries, each library once with all that concerns it.
/// Only ELF files with a dynamic section count, static PIE programs apart, whose start an edit would break;
/// other entries that a glob matches are passed over. All or nothing: `edit` is as it was if this throws.
/// Throws Error{bad_recipe} if a glob matches no library, for a needed name to be removed or replaced that
/// no matching library has, and for one to be removed of which symbol versions are asked, unless that is
/// forced; Error{bad_binary | cannot_edit}.
LibraryRuleReport apply_library_rules(WheelEdit& edit, const std::vector<LibraryRule>& rules,
                                      const LibraryRuleOptions& options);

}  // namespace wheelfix
#pragma GCC visibility pop
