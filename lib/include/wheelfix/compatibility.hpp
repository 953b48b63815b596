#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/doctor.hpp>
#include <wheelfix/finding.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// Why a library of the compared wheel can't be loaded, whether the code that loads it goes on without it or
/// not.
struct VersionFailure {
  FindingCode code = {};  ///< undefined_symbol, missing_version or import_fails
  std::string path;       ///< of the entry that is imported or opened
  std::string message;    ///< in the loader's words
  std::string name;       ///< of what isn't found: a file, a version or a symbol, demangled if it is C++'s
  std::string hint = {};
  bool is_doubtful = false;  ///< code that isn't followed may bring it

  bool operator==(const VersionFailure&) const = default;
};

enum class LoadOutcome { fails, may_fail, loads };

std::string_view to_string(LoadOutcome outcome) noexcept;

/// The compared wheel with one version of the other project.
struct ComparedVersion {
  std::string wheel;    ///< its path, as given
  std::string version;  ///< as its name has it
  std::string label;    ///< the version, followed by the wheel's tags if there is another of that version
  /// Whether Requires-Dist of the compared wheel takes it; nothing if it doesn't name the project.
  std::optional<bool> is_required = {};
  LoadOutcome outcome = LoadOutcome::loads;
  std::vector<VersionFailure> failures = {};  ///< those that are certain first

  bool operator==(const ComparedVersion&) const = default;
};

/// One wheel with each of several versions of another.
struct Compatibility {
  std::string wheel;  ///< the path of the compared one, as given
  std::string name, version;
  std::string tags;              ///< `cp311-cp311-manylinux2014_aarch64`
  std::string project;           ///< of the versions: `torch`
  std::string requirement = {};  ///< what its Requires-Dist says of that project: `==2.2.2`; may be empty
  std::vector<ComparedVersion> versions = {};  ///< the newest last
  /// Files that are missing with every version, if other libraries load without them. No version has them
  /// among its failures.
  std::vector<VersionFailure> always = {};
  std::vector<std::string> left_out = {};  ///< paths of wheels for another Python or system
  std::vector<Finding> findings = {};      ///< wheels that can't be read

  bool operator==(const Compatibility&) const = default;
};

/// `torchvision 0.17.2 (cp311-cp311-manylinux2014_aarch64), which requires torch==2.2.2: loads with
/// torch 2.2.0 to 2.2.2`.
std::string verdict(const Compatibility& compatibility);

/// Finds out with which versions of a project the modules and other libraries of a wheel load. Symbols are
/// looked up for modules, for what its code opens, and for what is linked to other wheels. `versions` are
/// wheels of that project. `given` are the wheel, the first that isn't of the project, and what is installed
/// with it; those of the project are versions too. If several wheels of one project are given, each version
/// is examined with the one that its Requires-Dist takes, or else with the newest. Wheels for another Python
/// than the compared one's, or than `options.python`, or for another system are left out. Each wheel is read
/// once. Of the options `host`, `needs_gpu` and `lists_packages` have no effect. Throws Error{usage} for
/// versions of several projects, without a wheel to compare, and for several of its project; for the compared
/// wheel as Wheel::open; Error{io | cancelled}.
Compatibility compare_versions(const std::vector<std::filesystem::path>& given,
                               const std::vector<std::filesystem::path>& versions,
                               const DoctorOptions& options);

}  // namespace wheelfix
#pragma GCC visibility pop
