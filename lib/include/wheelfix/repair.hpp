#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <wheelfix/binary.hpp>
#include <wheelfix/edit.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/imports.hpp>
#include <wheelfix/layout.hpp>
#include <wheelfix/progress.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

enum class RepairWay {
  search_paths,  ///< libraries get an RPATH or RUNPATH by which they find what they need
  preload,       ///< packages get a module that loads the libraries first; only for glibc
};

struct RepairOptions {
  Layout layout;
  RepairWay way = RepairWay::search_paths;
  /// keep: DT_RPATH if libraries further down have to inherit the folders, else the existing kind. rpath: all
  /// changed libraries get DT_RPATH. runpath: DT_RUNPATH, so that each library needs folders of its own.
  SearchPathKind rpath_kind = SearchPathKind::keep;
  /// The folders from which libraries are taken that the wheels lack for certain (doctor's missing-library);
  /// the first that has a file of the name.
  std::vector<std::filesystem::path> library_folders = {};
  /// Makes torch's libtorch_global_deps.so from its template, if it is missing and no folder has it.
  bool auto_stub = false;
  Verification verification = Verification::automatic;  ///< of edited libraries
  unsigned jobs = 0;                                    ///< threads; 0: one for each processor
  ProgressCallback progress = {};
  /// What was read of the libraries of `wheels` and then of `others`, as they are; none: they are read.
  std::vector<WheelLibraries> libraries = {};
  /// Reads the wheels if they are installed, `Site::read_set`; nothing: as the layout and their tags say.
  std::function<std::unique_ptr<WheelSet>(std::vector<WheelEdit>)> read_set = {};
};

/// The search path of a library.
struct RepairedPath {
  std::size_t wheel = 0;
  std::string entry;
  SearchPathKind kind = SearchPathKind::rpath;  ///< rpath or runpath
  std::vector<std::string> added;  ///< `$ORIGIN/../../nvidia_nvtx_cu12/nvidia/nvtx/lib`, after those that
                                   ///< were there; empty if only the kind of path changed
};

/// A library that was added to a wheel.
struct SuppliedLibrary {
  std::size_t wheel = 0;
  std::string entry;
  std::filesystem::path file;  ///< that it was taken from; empty if it was made from a template
};

/// A module that was added to a package, whose `__init__.py` imports it first.
struct PreloadModule {
  std::size_t wheel = 0;
  std::string entry;  ///< `torch/_wheelfix_preload.py`
  /// In the order of loading, relative to the folders of sys.path: `nvidia/nvtx/lib/libnvToolsExt.so.1`.
  std::vector<std::string> libraries;
};

struct RepairReport {
  std::vector<SuppliedLibrary> supplied;
  std::vector<RepairedPath> paths;             ///< by wheel and entry
  std::vector<PreloadModule> preload_modules;  ///< likewise
  /// `import-fails`, an error for each extension module of `wheels` that will not import, with the failure of
  /// its PredictedImport; `missing-library`, for what they still lack of what their Python code loads by path
  /// or RECORD lists; `requires-other-version`, a warning if a requirement names a version that a changed
  /// wheel no longer has; those of apply_library_rules.
  std::vector<Finding> findings;
};

/// Adds what the wheels lack, if allowed, then gives libraries the folders, or packages the libraries to
/// preload, and only these, that make the extension modules of `wheels` import in the layout, with no folder
/// outside it. `others` belong to the set too, and stay unchanged. Modules that already import, also by their
/// package's own preloading, need nothing, nor do those that work after the import of what they require. The
/// same is done for libraries that Python code loads by path, and for those of changed wheels that code may
/// open later, if they fail only because of the layout. A wheel that needs nothing has an empty overlay. All
/// or nothing: `wheels` are unchanged if this throws. Throws as read_libraries and apply_library_rules, and
/// Error{bad_wheel} for wheels of macOS and Windows that don't import, for those of musl if they were to
/// preload, and for a package that has a file of the module's name; Error{bad_python} for one whose
/// `__init__.py` can't be read.
RepairReport repair(std::vector<WheelEdit>& wheels, const std::vector<WheelEdit>& others,
                    const RepairOptions& options);

}  // namespace wheelfix
#pragma GCC visibility pop
