#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/edit.hpp>

#include "python/import_steps.hpp"
#include "python/library_loads.hpp"

namespace wheelfix {

/// What a Python file says of libraries, whatever libraries there are.
struct FileLoads {
  std::string entry;
  std::vector<std::string> dll_folders;     ///< see python::dll_folders
  std::vector<python::LibraryLoad> loads;   ///< without those of a preload module
  std::vector<std::string> literals;  ///< of a file with loads, those that is_specific; all of a preload module

  bool is_empty() const { return dll_folders.empty() && loads.empty() && literals.empty(); }
  bool operator==(const FileLoads&) const = default;
};

/// What the Python files of one wheel say, as far as it was asked for.
struct WheelCode {
  /// The files that say something of libraries, in the order in which imports run them: outer packages before
  /// inner ones, `__init__.py` before its modules.
  std::optional<std::vector<FileLoads>> loads = {};
  /// By entry, what imports of files do. A file that can't be read as Python does nothing.
  std::map<std::string, python::ImportSteps, std::less<>> steps = {};
  python::PythonPlatform platform = {};  ///< that `steps` are for
  /// The imports whose failure is caught.
  std::optional<std::vector<python::WrittenImport>> caught = {};
  bool is_whole = true;  ///< each file that was read could be
};

/// A Python file's content; empty if it is over python::max_source_size, because it wouldn't be read as
/// Python. Nothing if it can't be read any more, as what is installed may be removed at any time.
std::optional<std::string> find_python_code(const WheelEdit& edit, const std::string& path);
/// The same, and empty for nothing.
std::string python_code(const WheelEdit& edit, const std::string& path);

/// Whether a string literal, a glob, can name a library: `*.so` would match every library of the set.
bool is_specific(std::string_view glob);

/// Whether code has the name of a function that adds a folder of DLLs on Windows.
bool mentions_dll_folders(std::string_view code);

/// Sets the loads of those that have none. `codes` are by wheel. Throws as WheelEdit::read.
void read_loads(const std::vector<WheelEdit>& wheels, std::vector<WheelCode>& codes, unsigned jobs);

}  // namespace wheelfix
