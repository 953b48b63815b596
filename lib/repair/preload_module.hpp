#pragma once

#include <string>
#include <vector>
#include <wheelfix/edit.hpp>

namespace wheelfix {

/// Python code, from 3.6 on, that loads libraries in this order, each by its path: these are relative to the
/// folder that the package stands in, else to the folders of sys.path. What it fails in it collects.
std::string preload_module(const std::vector<std::string>& libraries);

/// Puts that code into the package that is this folder, `torch/`, as preload_module_name, in place of an
/// older one, and has `__init__.py` import it before all else. Throws Error{bad_wheel} where a file of that
/// name is there that isn't ours; Error{bad_python} where `__init__.py` can't be read.
void put_preload_module(WheelEdit& wheel, const std::string& package,
                        const std::vector<std::string>& libraries);

}  // namespace wheelfix
