#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>
#include <wheelfix/imports.hpp>

#include "environment/import_code.hpp"

namespace wheelfix {

/// A fresh process in which modules are imported with all that their packages' code imports and loads, up to
/// where a certain module, the target, could be loaded.
class ImportRun {
 public:
  /// Whether imports count that are under conditions which aren't known. Loads of libraries always do.
  enum class Maybes { skip, run };

  /// What is to be found out: whether the target can be loaded at some time, or whether its packages import
  /// as a whole, because what their code loads fails, and not the target itself.
  enum class Goal { target, packages };

  /// The scene must have code, and outlive it.
  ImportRun(const ImportScene& scene, const ImportRoot& target, Maybes maybes, Goal goal = Goal::target);

  /// Imports the target as Python does: the packages around it, and at last the target.
  void import_target();
  /// Imports another module.
  void import(const ImportRoot& root);

  /// Whether the target can be loaded.
  bool can_load() const { return can_load_; }
  /// Why it couldn't be loaded when that was tried last.
  const std::optional<LoadFailure>& failure() const { return failure_; }
  /// The module of the set that was imported last before it could; nothing if only libraries were loaded.
  const std::optional<ImportRoot>& bringer() const { return bringer_; }
  /// Its packages can't be imported: their code imports it before that, or something else in it fails.
  bool is_refused() const { return is_refused_; }
  /// Such code catches the failure.
  bool is_caught() const { return is_caught_; }

 private:
  enum class Raised { nothing, import_error, os_error };

  Raised import_name(const std::string& name);
  Raised import_one(const std::string& name, const ImportCode::Module& module);
  Raised import_extension(const ImportRoot& root);
  Raised run(const python::ImportSteps& steps, const ImportCode::Source& file, bool with_imports);
  Raised run(const python::ImportStep& step, const ImportCode::Source& file, bool with_imports);
  Raised run_import(const python::ImportStep& step);
  Raised run_attempt(const python::ImportStep& step, const ImportCode::Source& file, bool with_imports);
  Raised run_load(const python::LibraryLoad& load, const ImportCode::Source& file);
  Raised run_call(const python::ImportStep& step, bool with_imports);
  /// A function that another file's call runs.
  struct Definition {
    const python::ImportStep* step = nullptr;
    const ImportCode::Source* file = nullptr;
  };
  Definition definition(const std::string& module, const std::string& name, unsigned renamings) const;
  std::vector<std::string> files_of(const python::LibraryLoad& load, const ImportCode::Source& file) const;
  std::vector<std::string> files_of(const python::LoadedName& name, const ImportCode::Source& file) const;
  bool load_with_preloading(const ImportRoot& root);
  void look();
  void try_target();

  const ImportScene& scene_;
  const ImportRoot& target_;
  std::string target_name_;
  Maybes maybes_;
  Goal goal_;
  Process process_;
  std::set<std::string> imported_;
  std::optional<ImportRoot> last_, bringer_;
  std::optional<LoadFailure> failure_;
  bool can_load_ = false, is_refused_ = false, is_caught_ = false;
  bool fails_by_target_ = false;  ///< the error that is raised
  unsigned depth_ = 0, depth_of_refusal_ = 0;
  std::vector<std::string> given_;  ///< the strings that the function which runs was called with
};

}  // namespace wheelfix
