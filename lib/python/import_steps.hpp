#pragma once

#include <string>
#include <vector>

#include "python/library_loads.hpp"
#include "python/syntax.hpp"

namespace wheelfix::python {

/// How the Python that imports a file names its system.
struct PythonPlatform {
  std::string sys_platform = "linux";
  std::string os_name = "posix";
  std::string platform_system = "Linux";

  bool operator==(const PythonPlatform&) const = default;
};

/// What an import of a file does, as far as it imports other modules and loads libraries.
struct ImportStep {
  enum class Kind {
    import,   ///< of `module`, and of those of `names` that are modules in it
    load,     ///< what `load` says
    attempt,  ///< `body`, whose failure may be caught
    maybe,    ///< `body`, under a condition that isn't known
    call,     ///< of a function of another file: the first of `names` in `module`, with the rest as strings
    define,   ///< nothing: `body` is what a call of the function, the first of `names`, does
  };

  Kind kind = Kind::import;
  std::string module = {};  ///< absolute
  std::vector<std::string> names = {};
  LibraryLoad load = {};
  std::vector<ImportStep> body = {};
  std::vector<ImportStep> handler = {};  ///< runs if the body fails and that is caught
  bool catches_import_error = false;
  bool catches_os_error = false;
};

using ImportSteps = std::vector<ImportStep>;

/// The steps in the order in which Python takes them, with those of the functions that the file itself calls,
/// in loops once for each element that is known. At the end its functions that load libraries, with
/// whatever other files may give them; calls of those are steps if both files are in one package. Conditions
/// of the platform, of Python's version and of TYPE_CHECKING are decided. `path` is the file's own below the
/// wheel's root, by which relative imports are absolute. Nothing is run. Throws as library_loads.
ImportSteps import_steps(const Syntax& syntax, const std::string& path, const PythonPlatform& platform);

/// An import anywhere in a file, also in functions that nothing calls.
struct WrittenImport {
  std::string module;  ///< absolute
  std::vector<std::string> names;
  bool is_caught = false;  ///< within its function, an ImportError goes no further
};

std::vector<WrittenImport> written_imports(const Syntax& syntax, const std::string& path);

}  // namespace wheelfix::python
