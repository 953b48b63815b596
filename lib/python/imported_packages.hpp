#pragma once

#include <set>
#include <string>

#include "python/source.hpp"

namespace wheelfix::python {

/// The packages of which importing the file must import something: `a` for `import a.b` and `from a import
/// b`, of statements that stand neither in a block nor behind another statement. Relative imports name none.
std::set<std::string> imported_packages(const Source& source);

}  // namespace wheelfix::python
