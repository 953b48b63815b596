#pragma once

#include <set>
#include <string>

#include "python/syntax.hpp"

namespace wheelfix::python {

/// The packages of which importing the file must import something: `a` for `import a.b` and `from a import
/// b`, of statements that aren't in a block. Relative imports name none.
std::set<std::string> imported_packages(const Syntax& syntax);

}  // namespace wheelfix::python
