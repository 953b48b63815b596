#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <wheelfix/layout.hpp>
#include <wheelfix/loader.hpp>
#include <wheelfix/loader_system.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

class [[gnu::visibility("hidden")]] ImportCode;
class [[gnu::visibility("hidden")]] LibraryIndex;

/// A file that Python imports as an extension module (see WheelLibrary).
struct ImportRoot {
  std::size_t wheel = 0;
  std::string entry;
  std::string path;  ///< in the tree
};

/// All of these wheels' extension modules that are libraries, in the wheels' order.
std::vector<ImportRoot> import_roots(const PlacedWheels& wheels);

/// What a package's own code loads before its extension modules: those string literals of a Python file that
/// calls ctypes.CDLL or the like that match, as globs, the file name of a library of the set. In order of
/// appearance.
struct OwnPreloading {
  std::size_t wheel = 0;
  std::string entry;               ///< the Python file
  std::vector<std::string> paths;  ///< of the libraries, in the tree
  bool is_global = false;          ///< the file may load them with RTLD_GLOBAL
};

/// A library that Python code loads by a path below the wheel's root: torch's libtorch_global_deps.so, and on
/// Windows each of its `lib/*.dll`.
struct LoadedByCode {
  std::size_t wheel = 0;
  std::string entry;  ///< the Python file
  /// What one call may load: entries, whether the wheel has them or not, like `libx.so` and `libx.dylib`;
  /// never globs. A call that loads all that a glob finds has one of these for each.
  std::vector<std::string> paths;
  bool is_complete = false;        ///< it loads nothing else
  bool is_caught = false;          ///< the code goes on if it fails
  bool is_for_file_there = false;  ///< the code checks first whether it exists
  /// The path in the tree of the only library that it may load, if importing the Python file loads it, and
  /// fails if that fails; else empty.
  std::string on_import = {};
  bool is_global = false;  ///< it may be loaded with RTLD_GLOBAL
};

/// The name of the module that `wheelfix repair --preload` puts into a package. It has the paths of libraries
/// below the folders of sys.path as string literals, and loads them in that order before everything else in
/// the package, skipping what fails.
constexpr std::string_view preload_module_name = "_wheelfix_preload.py";

/// What the Python code of a set of wheels says about libraries. None of it is run.
struct PythonLoads {
  std::vector<OwnPreloading> preloading;
  /// What preload modules load: of several libraries at one path below their roots the own wheel's, else the
  /// first wheel's. Outer packages come before inner ones.
  std::vector<OwnPreloading> preload_modules;
  std::vector<LoadedByCode> by_path;
  /// By wheel, the folders that it gives to os.add_dll_directory, as globs for paths that begin with a `/` at
  /// the wheel's root; `*` if they aren't known.
  std::vector<std::vector<std::string>> dll_folders;
};

/// Reads the wheels' code; for own preloading only the files in folders above extension modules. A file that
/// can't be read as Python is skipped. `wheels` are those that were placed, in that order; globs are matched
/// against the libraries of them all.
PythonLoads read_python_loads(const std::vector<WheelEdit>& wheels, const PlacedWheels& placed);

/// A library that isn't the system's, and that none of the wheels has.
struct BroughtLibrary {
  std::string name;
  FoundBy found_by = FoundBy::driver;  ///< or redistributable
  std::string needed_by;               ///< a path

  bool operator==(const BroughtLibrary&) const = default;
};

/// A library outside of the set that was loaded for one of the set's, although the set has its name.
struct OutsideLibrary {
  std::string name;       ///< as needed
  std::string needed_by;  ///< a path of the set
  std::string path;       ///< of what was loaded, as the loader wrote it
  /// The path of the object that made the loader load it, before or now; empty for a program or for code.
  std::string loaded_by;
};

/// The outcome of an import in a new process.
struct PredictedImport {
  ImportRoot root;
  std::optional<LoadFailure> failure;  ///< the first; nothing if the import works
  /// The Python file whose own loads failed, an entry of the root's wheel; empty if the module itself failed.
  std::string failed_in;
  /// For a module that fails alone, and that no code of the set imports before: the module of its wheel, or
  /// of one that it requires, after whose import it works, because that brings what is missing.
  std::vector<ImportRoot> works_after;
  /// It fails, and code that imports it goes on without it: the import is in a `try` that catches
  /// ImportError.
  bool is_optional = false;
  /// What comes with NVIDIA's driver or Microsoft's redistributable package, and is needed.
  std::vector<BroughtLibrary> brought;
  /// Only if ImportScene::names is given.
  std::vector<OutsideLibrary> from_outside;
};

/// Wheels in a layout, their code's own loads, and a system: all that imports depend on. All must outlive it.
struct ImportScene {
  const PlacedWheels& wheels;
  const PythonLoads& loads;
  const LoaderSystem& system;
  LoaderEnvironment environment = {};
  /// By wheel, the wheels of the set that its Requires-Dist names.
  std::vector<std::vector<std::size_t>> requires_wheels = {};
  /// What the wheels' code imports; null: not known. Files are read when they are asked for.
  ImportCode* code = nullptr;
  /// Who of the set has a library's name; null: PredictedImport::from_outside stays empty.
  const LibraryIndex* names = nullptr;
  /// The symbols of libraries, to be bound; null: they aren't.
  SymbolTables* symbols = nullptr;
};

/// A set of wheels, and what was read of them. It can't move, because a scene of it has references.
struct WheelSet {
  std::vector<WheelEdit> wheels;
  std::vector<WheelLibraries> libraries;  ///< by wheel
  PlacedWheels placed;
  PythonLoads loads;
  LoaderSystem system;
  /// What the system below the sysroot is for, if the wheels are for another; then what their tags promise
  /// is used.
  std::optional<std::string> other_sysroot = {};
  /// On Windows with the folders of DLLs that the wheels' code gives to os.add_dll_directory, as far as
  /// known; with all folders of a wheel if they aren't.
  LoaderEnvironment environment;
  std::vector<std::vector<std::size_t>> requires_wheels;
  std::shared_ptr<ImportCode> code;  ///< of `wheels`

  ImportScene scene() const { return {placed, loads, system, environment, requires_wheels, code.get()}; }
};

/// The system and the Python that a set of wheels is for.
struct SetSystem {
  /// The root folder of the system's files; empty: what the wheels' platform tags promise.
  std::filesystem::path sysroot = {};
  std::vector<std::string> platform_tags = {};  ///< in place of the wheels'
  LoaderEnvironment environment = {};
  std::set<std::string> abis = {};  ///< see PlacedWheels::set_abis
};

/// Reads all libraries of the wheels, and their Python code. Throws as read_libraries and system_below.
std::unique_ptr<WheelSet> read_wheel_set(std::vector<WheelEdit> wheels, const Layout& layout,
                                         const ReadLibrariesOptions& options = {},
                                         const SetSystem& system = {});

/// The same for wheels whose libraries were read before, `libraries` by wheel. `loads`: what their Python
/// code says, if that was read too.
std::unique_ptr<WheelSet> make_wheel_set(std::vector<WheelEdit> wheels, std::vector<WheelLibraries> libraries,
                                         const Layout& layout, std::optional<PythonLoads> loads = {},
                                         const SetSystem& system = {});

/// A library to be added to a wheel of a set.
struct AddedLibrary {
  std::size_t wheel = 0;
  std::string entry;
  std::string content;
  How how = How::added;
};

/// Adds libraries to the wheels as edited, executable, and reads and places them. Throws Error{bad_binary}.
void add_libraries(WheelSet& set, const std::vector<AddedLibrary>& libraries);

/// Loads what the preload modules above an entry of a wheel load, like the import of its packages.
void run_preload_modules(const PythonLoads& loads, std::size_t wheel, std::string_view entry,
                         Process& process);

/// Loads the module after its packages' preload modules and what Python files above it load on import. If
/// that fails, with its package's own preloading before them, as in torch, where the first failure ends the
/// import. If that fails too, after what the packages around it import first. If no code imports it before
/// what it lacks is loaded, after other modules of its wheel, and of the wheels that it requires: those of
/// other wheels only if the module is in a package, and it isn't the layout alone that it fails in.
PredictedImport predict_import(const ImportScene& scene, const ImportRoot& root);

}  // namespace wheelfix
#pragma GCC visibility pop
