#pragma once

#include <cstddef>
#include <vector>

#include "python/source.hpp"

namespace wheelfix::python {

/// What stands around the statements of a file, within the function or module that they are in. Blocks are
/// told by their indentation.
class Surroundings {
 public:
  explicit Surroundings(const Source& source);

  /// Whether an OSError of the statement at this offset goes no further than its function or module: it is in
  /// a `try` with an `except` clause for it, none of which raises again, or below a `with suppress(...)`.
  bool failure_is_caught(std::size_t offset) const;
  /// Whether the statement may run for a file that is there alone: it has os.path.exists or the like in it,
  /// is below such an `if`, or behind one that doesn't raise.
  bool is_for_file_there(std::size_t offset) const;
  /// Whether an import may do without the statement, or go on where it fails: it is in a `try`, whatever that
  /// catches, behind an `except`, below `with suppress(...)` or `if __name__ == ...`.
  bool may_be_spared(std::size_t offset) const;

 private:
  struct Line {
    bool is_caught = false, is_spared = false, is_guarded = false;
  };

  const Source& source_;
  std::vector<Line> lines_;  ///< logical
};

}  // namespace wheelfix::python
