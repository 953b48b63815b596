#pragma once

#include <string_view>
#include <vector>

#include "python/syntax.hpp"

namespace wheelfix::python {

/// What is around a statement, within the function or module that it is in.
struct Surrounding {
  /// An OSError of the statement may not leave its function or module: the statement is in a `try` whose
  /// first `except` clause for it doesn't always end by raising, nor does what follows because of a name that
  /// the `try` set, or below a `with suppress(...)`.
  bool catches = false;
  /// The statement may run only for a file that exists: it has os.path.exists or the like in it, is below
  /// such a condition, or follows one that doesn't raise.
  bool is_for_file_there = false;
  /// An import may skip the statement, or go on if it fails: it is in a `try` with a clause, whatever
  /// that catches, that doesn't always end by raising, or with a `finally`; in an `except` clause; below
  /// `with suppress(...)` or `if __name__ == ...`.
  bool may_be_spared = false;
};

/// The surroundings of each statement of a file.
std::vector<Surrounding> find_surroundings(const Syntax& syntax);

}  // namespace wheelfix::python
