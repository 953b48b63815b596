#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/finding.hpp>
#include <wheelfix/finding_catalogue.hpp>
#include <wheelfix/host_cuda.hpp>
#include <wheelfix/ignore_rule.hpp>
#include <wheelfix/layout.hpp>
#include <wheelfix/limits.hpp>
#include <wheelfix/loader.hpp>
#include <wheelfix/progress.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

struct DoctorOptions {
  Layout layout = Layout::parse("shared");
  /// The Python that should take the wheels: a tag (`cp313t`), a version (`3.13t`), or the path of an
  /// interpreter or its name in PATH, which is run.
  std::optional<std::string> python = {};
  /// The root folder of the system's files, `/` for this machine; empty: what the wheels' tags promise.
  std::filesystem::path sysroot = {};
  /// How to ask this machine about CUDA, to compare the wheels with it; nothing: don't.
  std::optional<HostCudaOptions> host = {};
  /// A machine without NVIDIA's driver or GPU is an error for wheels that use CUDA, and not only a note.
  bool needs_gpu = true;
  std::vector<IgnoreRule> ignore = {};
  /// Fill Examination::packages too, for which each library is loaded once more.
  bool lists_packages = false;
  Limits limits = {};
  unsigned jobs = 0;  ///< threads; 0: one for each processor. The result doesn't depend on it
  ProgressCallback progress = {};
  /// A folder in which what was read of wheels is kept for later runs: made if it is missing, used only if it
  /// is this user's alone, and safe to delete. The result doesn't depend on it. Nothing: nothing is kept.
  std::optional<std::filesystem::path> cache = {};
};

/// Findings that have one reason: the first lines of their messages are the same.
struct Cause {
  std::string message;                      ///< that line
  Severity severity = Severity::note;       ///< the gravest of its findings
  FindingKind kind = FindingKind::hygiene;  ///< `breaks` if one of them does
  std::vector<std::size_t> findings = {};   ///< numbers in Examination::findings, ascending

  bool operator==(const Cause&) const = default;
};

/// How a step of a LoadPath follows from the one before it.
enum class LoadLink {
  start,  ///< the first step: what is imported or started, or the file that asks for what fails
  runs,   ///< importing the module runs this Python file first
  loads,  ///< the Python file loads it
  needs,  ///< the library or program needs it
  binds,  ///< the library is linked to it: a symbol or a version of symbols, which isn't found
  lists,  ///< the RECORD lists it
};

std::string_view to_string(LoadLink link) noexcept;

struct LoadStep {
  LoadLink link = LoadLink::start;
  std::string name;          ///< an entry, or a path of the system; of what fails, the name that is needed,
                             ///< and of a symbol its own, not demangled
  std::string package = {};  ///< `torch 2.1.0`; empty if it is in none, or isn't known

  bool operator==(const LoadStep&) const = default;
};

/// The way from what is imported to what fails.
struct LoadPath {
  std::size_t finding = 0;      ///< its number in Examination::findings
  std::vector<LoadStep> steps;  ///< two or more; the last is what fails
  /// The library of the set that has this name, as its file's or as its soname, and isn't found by it.
  std::optional<LoadStep> out_of_reach = {};

  bool operator==(const LoadPath&) const = default;
};

/// A name that a library needs, and what it leads to.
struct ExaminedNeed {
  std::string name;
  std::optional<FoundBy> found_by = {};     ///< nothing if the loader doesn't find it
  std::string found = {};                   ///< an entry, or a path of the system; empty if neither is known
  std::optional<std::size_t> package = {};  ///< that has the entry: its number in Examination::packages
  bool is_optional = false;                 ///< macOS: it may be missing

  bool operator==(const ExaminedNeed&) const = default;
};

struct ExaminedLibrary {
  std::string path;  ///< of the entry
  std::string soname = {};
  bool is_module = false;
  bool is_program = false;
  bool is_loaded = false;  ///< false if the system's loader doesn't take it, or it is for another system
  /// As the loader finds them if a module is imported that needs this library, or else if the library is
  /// loaded alone.
  std::vector<ExaminedNeed> needs = {};

  bool operator==(const ExaminedLibrary&) const = default;
};

/// A wheel, or an installed distribution.
struct ExaminedPackage {
  std::string name;
  std::string version;
  std::string wheel;  ///< as findings have it
  std::vector<ExaminedLibrary> libraries = {};

  bool operator==(const ExaminedPackage&) const = default;
};

/// What was found, and in what: all that a report says, in whatever form.
struct Examination {
  /// In the order of the wheels, those of the set's CUDA and of the machine last.
  std::vector<Finding> findings;
  std::vector<Cause> causes;  ///< each finding is in one of them; the gravest last
  std::vector<LoadPath> load_paths = {};       ///< in the order of the findings; of those that have one
  std::vector<ExaminedPackage> packages = {};  ///< in the order in which they were given or found
  std::size_t wheels = 0;     ///< those that could be opened, or distributions that are installed
  std::size_t libraries = 0;  ///< modules and programs aren't counted
  std::size_t modules = 0;
  std::size_t failing = 0;         ///< modules that can't be imported
  std::size_t ignored_modules = 0;  ///< that can't be imported either, by findings that are ignored
  std::size_t failing_causes = 0;  ///< for which they can't
  /// The Python that the modules are for, as a tag: `cp311`, `cp38 and later`; empty if there are none.
  std::string python = {};
  /// The system that is promised: `manylinux2014_x86_64`, or `the system below /`; empty for any.
  std::string system = {};
  std::uint64_t ignored = 0;  ///< findings that DoctorOptions::ignore covers; they are nowhere else
  /// The environment that was examined, as given or found; empty for wheels.
  std::string environment = {};
  /// Installed packages that wheelfix changed, `torch 2.1.0`.
  std::vector<std::string> patched = {};

  bool operator==(const Examination&) const = default;
};

/// Whether a report needn't list a cause: it breaks nothing, and isn't what the machine has, which was asked
/// for.
bool is_hygiene(const Examination& examination, const Cause& cause);

/// How many findings of wheels are hygiene and have a cause that breaks nothing: what a report needn't list.
std::uint64_t hygiene(const Examination& examination);

/// The first line of a report, like `22 wheels, 61 libraries, 43 modules for cp311 on manylinux2014_x86_64:
/// all load`.
std::string verdict(const Examination& examination);

/// The rules of a wheelfix.toml's `[doctor]` table: `ignore = ["CODE", "CODE=GLOB"]`. Throws
/// Error{bad_recipe} with the line for what isn't one, Error{io}.
std::vector<IgnoreRule> read_ignore_rules(const std::filesystem::path& file);

/// Says what is wrong with a set of wheels before it runs; apps/wheelfix/findings.md lists the codes. A wheel
/// that can't be read is a finding, and the others are examined. None of the wheels' code is run. Throws
/// Error{usage} for a Python that doesn't exist, Error{io | cancelled}.
Examination examine(const std::vector<std::filesystem::path>& wheels, const DoctorOptions& options);

/// The same of what is installed, where it is, by the system below `sysroot`, `/` unless given. `paths`: an
/// interpreter, the prefix of a venv, of conda or of another installation, or folders of packages, which are
/// searched in order; without one the `python3` of PATH. The interpreter is run, and none of the packages'
/// code. `layout` isn't used. Throws as `examine`, and Error{usage} for a path that nothing is installed in.
Examination examine_installed(const std::vector<std::filesystem::path>& paths, const DoctorOptions& options);

/// The entries that the wheels' extension modules need from the set, each after those that it needs: the
/// order in which they can be loaded by their paths (see preload_order). Throws as Wheel::open and
/// read_libraries.
std::vector<std::string> preload_entries(const std::vector<std::filesystem::path>& wheels,
                                         const DoctorOptions& options);

/// What the wheels' extension modules need, and what Python files load on import, in the language of
/// Graphviz: a cluster for each wheel, a box for each library, a red edge if the loader alone doesn't find
/// what is needed: to the library of the set that has its name, out of reach, or to a red box. What the
/// system promises is left out. Throws as Wheel::open and read_libraries.
std::string dependency_graph(const std::vector<std::filesystem::path>& wheels, const DoctorOptions& options);

}  // namespace wheelfix
#pragma GCC visibility pop
