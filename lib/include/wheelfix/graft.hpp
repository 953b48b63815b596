#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <wheelfix/edit.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/library.hpp>
#include <wheelfix/progress.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

struct GraftOptions {
  /// The root folder of the system that libraries are taken from.
  std::filesystem::path sysroot = "/";
  std::string library_path = {};  ///< LD_LIBRARY_PATH, for the search
  std::string tool_version = {};  ///< wheelfix's, for the bill of materials
  std::uint64_t max_library_size = std::uint64_t{16} << 30;
  Verification verification = Verification::automatic;  ///< of edited libraries
  unsigned jobs = 0;                                    ///< threads; 0: one for each processor
  ProgressCallback progress = {};
};

/// The package of the system that a library is of.
struct GraftedPackage {
  std::string name;     ///< `libpng16-16`
  std::string version;  ///< `1.6.39-2+deb12u4`; may be empty
  std::string url;      ///< `pkg:deb/debian/libpng16-16@1.6.39-2%2Bdeb12u4`
  /// The short name of its licence, `libpng`, if its copyright file is one for machines.
  std::optional<std::string> licence;
};

/// A library of the system that was added to a wheel.
struct GraftedLibrary {
  std::size_t wheel = 0;
  std::string entry;               ///< `demo.libs/libpng16-1a2b3c4d.so.16.39.0`
  std::vector<std::string> names;  ///< by which libraries needed it, in order: `libpng16.so.16`
  std::filesystem::path file;      ///< in the system, without symlinks
  std::string sha256;              ///< of that file, in hexadecimal
  std::optional<GraftedPackage> package;
  /// The entry that has the text of its licence; nothing if the system has none.
  std::optional<std::string> licence_entry;
};

struct GraftReport {
  std::vector<GraftedLibrary> libraries;       ///< by wheel and entry
  std::vector<std::vector<std::string>> tags;  ///< by wheel, its platform tags, also if they stay
  /// `missing-library`, an error for each that no wheel of the set and not the system has; those of
  /// apply_library_rules.
  std::vector<Finding> findings;
  /// What was read of the libraries of `wheels`, as grafted, and then of `others`; without symbols.
  std::vector<WheelLibraries> read;
};

/// Adds to each wheel the libraries that it needs, that no wheel of the set has, and that its new platform
/// tag doesn't promise, from the system, as its loader finds them, with what they need in turn. Each gets a
/// name of its own, in the folder `NAME.libs`; the libraries that need it name it so, and look for it there.
/// Libraries of NVIDIA's driver aren't added, and libpython isn't needed any more, because the interpreter
/// has what is in it. The texts of licences, as Debian's packages have them, go to `.dist-info/licenses`, and
/// a bill of materials to `.dist-info/sboms` (PEP 770). The platform tag is then that of the oldest policy
/// that all of it fits. `others` belong to the set too, and stay unchanged. All or nothing: `wheels` are
/// unchanged if this throws. Sources: PEP 600, 656, 770; auditwheel, whose choice of libraries, names and tag
/// it is. Throws Error{bad_wheel} for wheels without libraries, for those of another system than Linux, for
/// what no policy allows, and for programs that are installed outside of site-packages; Error{limit_exceeded}
/// for a file that is over max_library_size; Error{io}; and as read_libraries and apply_library_rules.
GraftReport graft(std::vector<WheelEdit>& wheels, const std::vector<WheelEdit>& others,
                  const GraftOptions& options);

}  // namespace wheelfix
#pragma GCC visibility pop
