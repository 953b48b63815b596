#pragma once

#include <memory>
#include <optional>
#include <vector>
#include <wheelfix/imports.hpp>

#include "environment/wheel_code.hpp"

namespace wheelfix {

/// What is known of the code of a set's wheels. The rest is read.
struct SetCode {
  std::vector<WheelCode> codes = {};  ///< by wheel; none: nothing is known
  std::optional<PythonLoads> loads = {};
  unsigned jobs = 0;  ///< threads; 0: one for each processor
};

/// As the public make_wheel_set.
std::unique_ptr<WheelSet> make_wheel_set(std::vector<WheelEdit> wheels, std::vector<WheelLibraries> libraries,
                                         const Layout& layout, SetCode code, const SetSystem& system);

}  // namespace wheelfix
