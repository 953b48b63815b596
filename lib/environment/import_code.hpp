#pragma once

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>
#include <wheelfix/imports.hpp>

#include "environment/wheel_code.hpp"

namespace wheelfix {

/// The Python code of a set's wheels by the names of modules. A file is read when it is asked for, and then
/// kept. The wheels, placed, must outlive it, and their files stay.
class [[gnu::visibility("hidden")]] ImportCode {
 public:
  /// `codes`: what is known of the code, by wheel; `jobs`: threads, 0 for one for each processor.
  ImportCode(const std::vector<WheelEdit>& wheels, const PlacedWheels& placed, const LoaderSystem& system,
             std::vector<WheelCode> codes, unsigned jobs);

  /// A Python file, by its path below a folder on sys.path.
  struct Source {
    std::size_t wheel = 0;
    std::string entry;
    std::string path;
  };
  /// What Python finds by a module's name: at most one of the first two.
  struct Module {
    const Source* source = nullptr;
    const ImportRoot* extension = nullptr;
    bool is_folder = false;  ///< of a namespace

    bool exists() const { return source != nullptr || extension != nullptr || is_folder; }
  };

  /// Of several wheels that have it the first one counts.
  Module find(const std::string& name) const;
  /// The name by which Python imports an extension module: `a.b`.
  std::string name_of(const ImportRoot& root) const;
  /// Whether its outermost package is named like the project, so that it is what users import first.
  bool is_namesake(const ImportRoot& root) const;
  /// What an import of the file does; nothing if it can't be read as Python.
  const python::ImportSteps& steps(const Source& source);
  /// Whether a wheel's code has an import of the module, wherever, whose failure is caught.
  bool has_caught_import(std::size_t wheel, const std::string& name);
  /// All that is known by now, by wheel.
  const std::vector<WheelCode>& codes() const {
    return codes_;
  }

 private:
  const std::vector<python::WrittenImport>& caught_imports(std::size_t wheel);

  const std::vector<WheelEdit>& wheels_;
  python::PythonPlatform platform_;
  std::unordered_map<std::string, Source> sources_;         ///< by path without suffix: `a/__init__`
  std::unordered_map<std::string, ImportRoot> extensions_;  ///< likewise
  std::set<std::string, std::less<>> folders_;
  std::vector<WheelCode> codes_;
  unsigned jobs_;
};

}  // namespace wheelfix
