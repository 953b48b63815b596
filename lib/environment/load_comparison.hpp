#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/finding.hpp>
#include <wheelfix/imports.hpp>

#include "environment/library_index.hpp"
#include "environment/load_trial.hpp"

namespace wheelfix {

/// One wheel before and after an edit, each in a set of its own: what loads in the first and not in the
/// second.
class LoadComparison {
 public:
  LoadComparison(const WheelSet& before, const WheelSet& after);

  /// As lost_loads.
  std::vector<Finding> run();

 private:
  /// A library that Python code loads by a path.
  struct CodeLoad {
    const LoadedByCode* load = nullptr;
    std::string library;                      ///< the alternative that loads, else one that is there
    std::map<std::string, LoadTrial> trials;  ///< by alternative, up to the one that loads

    bool loads() const { return !library.empty() && trials.at(library).ok(); }
  };
  /// By Python file and what it may load there.
  using CodeLoads = std::map<std::pair<std::string, std::vector<std::string>>, CodeLoad>;

  void compare_modules();
  void compare_module(const ImportRoot& root);
  void compare_code();
  void compare_others();
  CodeLoads code_loads(const WheelSet& set) const;
  /// Like try_load. Throws Error{limit_exceeded} if all of them take too many steps.
  LoadTrial try_counted(const Process& process, const std::string& path) const;
  LoadTrial try_module(const WheelSet& set, const ImportRoot& root) const;
  LoadTrial try_after_others(const ImportRoot& root) const;
  bool comes_after_others(const ImportRoot& root) const;
  const LoadFailure* new_failure(const LoadTrial& before, const std::vector<LoadFailure>& after) const;
  bool is_of_wheel(const std::string& name) const;
  void add(Severity severity, const std::string& entry, const LoadFailure& failure,
           std::string_view loaded_by = {});

  const WheelSet& before_;
  const WheelSet& after_;
  LibraryIndex names_before_;
  LibraryIndex names_after_;
  std::set<std::string> reached_;  ///< before, by modules and Python code
  bool has_entrances_ = false;     ///< before: there are modules, or Python code that loads libraries
  mutable std::uint64_t steps_ = 0;
  std::vector<Finding> findings_;
};

}  // namespace wheelfix
