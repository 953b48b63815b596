#pragma once

#include <set>
#include <string>

#include "python/syntax.hpp"

namespace wheelfix::python {

/// The packages from which an import of the file must import something: `a` for `import a.b` and `from a
/// import b`, in statements that aren't in a block. Relative imports don't count.
std::set<std::string> imported_packages(const Syntax& syntax);

}  // namespace wheelfix::python
