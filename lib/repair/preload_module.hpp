#pragma once

#include <string>
#include <vector>
#include <wheelfix/edit.hpp>

namespace wheelfix {

/// Python code, for 3.6 and later, that loads libraries in this order, each by its path, which is relative to
/// the folder that the package is in, else to the folders of sys.path. It collects its failures.
std::string preload_module(const std::vector<std::string>& libraries);

/// Adds that code to the package in this folder, `torch/`, as preload_module_name, replacing an older one,
/// and makes `__init__.py` import it first. Throws Error{bad_wheel} if a file of that name exists that isn't
/// ours; Error{bad_python} if `__init__.py` can't be read.
void put_preload_module(WheelEdit& wheel, const std::string& package,
                        const std::vector<std::string>& libraries);

}  // namespace wheelfix
