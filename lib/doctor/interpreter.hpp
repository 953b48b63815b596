#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doctor/python_target.hpp"
#include "installed/installed.hpp"

namespace wheelfix {

/// An interpreter and where it looks for packages.
struct Interpreter {
  PythonTarget target;
  std::filesystem::path program;       ///< itself, if it was found by a shim
  std::filesystem::path prefix;        ///< of the venv or installation
  std::vector<SysPathFolder> folders;  ///< of sys.path beside the standard library, those that exist
};

/// Asks an interpreter, in this process's environment, so that it obeys PYTHONHOME and LD_LIBRARY_PATH. It
/// runs with -S, and no code of packages: neither `.pth` files nor sitecustomize. Folders of PYTHONPATH come
/// first, as they do for Python. Throws Error{usage} as ask_interpreter.
Interpreter ask_environment(const std::filesystem::path& program,
                            std::chrono::milliseconds time = std::chrono::seconds(10));

}  // namespace wheelfix
