#pragma once

#include <optional>
#include <string_view>

#include "environment/python_tag.hpp"

namespace wheelfix {

/// Whether a symbol is Python's by its name: `PyList_New`, `_Py_Dealloc`.
bool is_named_like_python(std::string_view symbol);

/// The Python with which a symbol came into the stable ABI; nothing if it isn't in it.
std::optional<PythonVersion> stable_since(std::string_view symbol);

}  // namespace wheelfix
