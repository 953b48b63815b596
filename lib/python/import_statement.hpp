#pragma once

#include <optional>
#include <string>
#include <vector>

#include "python/syntax.hpp"

namespace wheelfix::python {

/// A module that a statement imports, and what it imports from it.
struct ImportedModule {
  std::string module;  ///< absolute
  std::vector<std::string> names;
};

/// Those of `import a.b, c` and of `from .a import b`. A relative import that leaves the wheel is left out.
std::vector<ImportedModule> modules_of(const Syntax& syntax, const Statement& statement,
                                       const std::string& path);

/// `.a` in the file at this path as an absolute name.
std::optional<std::string> absolute_module(std::string_view module, std::string_view path);

/// Whether an error that a statement raises may go no further, because a clause of its `try`, or its `with
/// suppress(...)`, names one of these. A clause that ends by raising doesn't catch.
bool catches_import_error(const Syntax& syntax, const Statement& statement);
bool catches_os_error(const Syntax& syntax, const Statement& statement);

/// The clause of a `try` that catches ImportError, or OSError; no_node if no clause does.
Node catching_clause(const Syntax& syntax, const Statement& statement);

}  // namespace wheelfix::python
