#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>
#include <wheelfix/imports.hpp>

#include "environment/wheel_code.hpp"

namespace wheelfix {

/// The Python code of a set's wheels by the names of modules, and what their RECORDs have too much. A file is
/// read when it is asked for, and then kept. The wheels, placed, must outlive it, and their files stay.
class [[gnu::visibility("hidden")]] ImportCode {
 public:
  /// `jobs`: threads, 0 for one for each processor.
  ImportCode(const std::vector<WheelEdit>& wheels, const PlacedWheels& placed, const LoaderSystem& system,
             unsigned jobs);
  /// To be called first: what is known of the code, by wheel.
  void begin_with(std::vector<WheelCode> codes);

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

  struct LostLibrary {
    std::size_t wheel = 0;
    std::string entry;
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
  /// The libraries that RECORDs list and the wheels don't have, by wheel and in order of the rows.
  const std::vector<LostLibrary>& lost_libraries();
  /// All that is known by now, by wheel.
  const std::vector<WheelCode>& codes() const {
    return codes_;
  }

 private:
  /// With those above it; it ends in `/`.
  void add_folder(std::string_view folder);
  const std::vector<python::WrittenImport>& caught_imports(std::size_t wheel);

  const std::vector<WheelEdit>& wheels_;
  python::PythonPlatform platform_;
  std::unordered_map<std::string, Source> sources_;         ///< by path without suffix: `a/__init__`
  std::unordered_map<std::string, ImportRoot> extensions_;  ///< likewise
  std::set<std::string, std::less<>> folders_;
  std::vector<WheelCode> codes_;
  std::optional<std::vector<LostLibrary>> lost_;
  unsigned jobs_;
};

}  // namespace wheelfix
