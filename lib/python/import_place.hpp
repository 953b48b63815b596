#pragma once

#include <cstddef>
#include <string>

#include "python/source.hpp"

namespace wheelfix::python {

/// Where a statement can be inserted so that it is the first to run: after a module's docstring and its
/// `from __future__` imports, which must come first, and before everything else.
struct ImportPlace {
  std::size_t offset = 0;  ///< in bytes
  std::string before;      ///< what must be between this place and the statement: a line end, or nothing
  std::string after;       ///< what must follow it: the file's own line end, or `; ` within a line
};

/// If there is neither docstring nor future import, that is the line of the first statement, so that
/// comments at the top stay there, the one that names the encoding among them. A relative
/// `from .__future__ import` counts too, because Pythons before 3.14 take it for the real one. Source: The
/// Python Language Reference, chapter 7.11.1.
ImportPlace import_place(const Source& source);

}  // namespace wheelfix::python
