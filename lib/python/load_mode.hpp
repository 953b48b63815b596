#pragma once

#include <string_view>

#include "python/syntax.hpp"

namespace wheelfix::python {

/// Whether a call that loads a library may do it so that all that is loaded later finds its symbols: by a
/// mode with RTLD_GLOBAL, or one that isn't known. Without one ctypes, cffi, TensorFlow and torch use
/// RTLD_LOCAL, llvmlite RTLD_GLOBAL. `function`: its name without what is before the last dot.
bool may_load_globally(const Syntax& syntax, Node call, std::string_view function);

}  // namespace wheelfix::python
