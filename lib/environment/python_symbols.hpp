#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "environment/python_tag.hpp"

namespace wheelfix {

/// Whether a symbol is Python's by its name: `PyList_New`, `_Py_Dealloc`.
bool is_named_like_python(std::string_view symbol);

/// The Python with which a symbol came into the stable ABI; nothing if it isn't in it.
std::optional<PythonVersion> stable_since(std::string_view symbol);

/// Which Pythons have a symbol that only some have: `Python 3.12 is the last that has it`; empty if that
/// isn't known.
std::string python_history(std::string_view symbol);

/// What a CPython of this version doesn't have of symbols that others have. It has the others, or they aren't
/// known.
std::unordered_set<std::string_view> symbols_absent_in(PythonVersion python);

}  // namespace wheelfix
