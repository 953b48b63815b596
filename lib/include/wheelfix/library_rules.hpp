#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/binary.hpp>
#include <wheelfix/edit.hpp>
#include <wheelfix/library.hpp>
#include <wheelfix/progress.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// A change to the dynamic sections of some of a wheel's libraries.
struct LibraryRule {
  enum class Action {
    set_rpath,       ///< exactly `values`
    add_rpath,       ///< appends those of `values` that aren't there yet
    remove_rpath,    ///< removes `values`; if that is empty, the whole path
    add_needed,      ///< appends those of `values` that aren't there yet
    remove_needed,   ///< removes `values`
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
  /// of one that loads it, by the rules of glibc's loader: a DT_RUNPATH would end that.
  SearchPathKind kind = SearchPathKind::keep;
  Verification verification = Verification::automatic;
  unsigned jobs = 0;  ///< threads; 0: one for each processor
  /// Removing a needed library also removes the symbol versions that are required from it.
  bool force = false;
  ProgressCallback progress = {};
};

struct LibraryRuleReport {
  std::vector<std::string> changed;  ///< paths of the changed libraries, in order
  /// `second-reader-absent`, a note, once; `second-reader-died`, a warning, for each library.
  std::vector<Finding> findings;
  /// Libraries that were read: those of the wheel that the edit had not changed, and, as they are now, all
  /// that the globs match.
  KnownLibraries before, after;
};

/// Applies the rules in order to the edit's libraries, to each library all of them at once. Only ELF files
/// with a dynamic section count, but not static PIE programs, whose start an edit would break, and Mach-O
/// files that dyld maps, of which each slice is edited: search paths are LC_RPATHs, names of libraries
/// install names, and a code signature becomes an ad hoc one. Other entries that a glob matches are skipped.
/// All or nothing: `edit` is unchanged if this throws. Throws Error{bad_recipe} if a glob matches no library,
/// if no matching library has a needed name that is to be removed or replaced, if symbol versions are
/// required from one that is to be removed, unless that is forced, and if a Mach-O file is to need less;
/// Error{bad_binary | cannot_edit}.
LibraryRuleReport apply_library_rules(WheelEdit& edit, const std::vector<LibraryRule>& rules,
                                      const LibraryRuleOptions& options);

/// The same for a library that isn't in a wheel, `file`, in which `GLOB=` may be left out: it is taken for
/// one only if it matches the file's name.
LibraryRule parse_library_file_rule(LibraryRule::Action action, std::string_view text, std::string origin,
                                    const std::filesystem::path& file);

/// Where an edited library is written.
struct LibraryFileOptions {
  std::filesystem::path output;  ///< may be the library itself
  bool overwrite = false;        ///< replace another existing file
  bool dry_run = false;          ///< check everything, write nothing
};

/// What was done to a library that isn't in a wheel.
struct LibraryFileResult {
  std::vector<Change> changed;  ///< by its file name; empty if it is already as the rules say
  std::vector<Finding> findings;
};

/// Called when the output has its name, or would have on a dry run. If it throws, what was there is put back.
using LibraryAnnouncement = std::function<void(const LibraryFileResult&)>;

/// Applies rules to one library that isn't in a wheel. The output is a new file with the library's
/// permissions, whole or not at all: other names of the library keep the old content (hard links, as uv makes
/// them), and so do processes that have it mapped. If nothing changes, the library itself isn't written.
/// Throws as apply_library_rules, Error{output_exists} and Error{io}.
LibraryFileResult edit_library_file(const std::filesystem::path& file, const std::vector<LibraryRule>& rules,
                                    const LibraryRuleOptions& options, const LibraryFileOptions& where,
                                    const LibraryAnnouncement& announce = {});

}  // namespace wheelfix
#pragma GCC visibility pop
