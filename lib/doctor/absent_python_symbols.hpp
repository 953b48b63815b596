#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <wheelfix/imports.hpp>

#include "doctor/python_target.hpp"

namespace wheelfix {

/// Which symbols of Python modules of a set won't find, if the CPython that imports them is known: by a
/// module's suffix, or else by the Python that is asked for, or by the one that the wheels' tags have in
/// common. The set must outlive it.
class AbsentPythonSymbols {
 public:
  using Names = std::unordered_set<std::string_view>;

  AbsentPythonSymbols(const WheelSet& set, const std::optional<PythonTarget>& python);

  /// Null if the Python isn't known. Valid as long as this is.
  const Names* of(std::string_view entry);

 private:
  std::optional<PythonVersion> python_;
  std::map<PythonVersion, Names> names_;
};

}  // namespace wheelfix
