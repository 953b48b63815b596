#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/imports.hpp>

#include "python/import_steps.hpp"
#include "wheel/marker.hpp"

namespace wheelfix {

/// What Python code is told of a system: sys.platform and the like.
python::PythonPlatform python_platform(const LoaderSystem& system);

/// Whether a requirement's marker holds on this system, for any Python.
Truth evaluate_marker(std::string_view marker, const LoaderSystem& system);

/// By wheel, the others of a set that it requires, or may.
std::vector<std::vector<std::size_t>> find_required(const std::vector<WheelEdit>& wheels,
                                                    const LoaderSystem& system);

/// The command that installs a distribution again, if it is installed; and whether it has no metadata.
std::string advice_to_reinstall(const WheelSet& set, std::size_t wheel);

/// What to do about a library that a wheel of the set needs and no wheel has: `no given wheel has it: also
/// give the wheel that has it`, with an alternative to that, or the command that fetches the wheels that it
/// requires, if some of them are not given. If the wheel's own RECORD lists the library, it was lost; if a
/// search path leads to a folder of Homebrew, that brings it. Of what is installed: how to install again what
/// lost it, or that the system has it, if no RECORD lists it. `name` as it is needed.
std::string advice_for_absent(const WheelSet& set, std::size_t wheel, std::string_view name,
                              std::string_view alternative = {});

}  // namespace wheelfix
