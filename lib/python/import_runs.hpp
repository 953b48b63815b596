#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "python/bindings.hpp"
#include "python/source.hpp"
#include "python/surroundings.hpp"

namespace wheelfix::python {

/// Which code an import of the file runs, and lets fail, whatever the conditions: what stands outside of
/// functions or in one that is called there by its name, and may not be spared (see Surroundings). By the
/// shape of statements alone.
class ImportRuns {
 public:
  /// Keeps references to all three.
  ImportRuns(const Bindings& bindings, const Source& source, const Surroundings& surroundings)
      : source_(source),
        surroundings_(surroundings),
        bindings_(bindings),
        called_(bindings.scopes.size()),
        caught_(bindings.scopes.size()) {}

  bool must_run(std::size_t token);
  /// Whether the code goes on where the token's statement fails: that is caught there, or wherever the file
  /// calls its function.
  bool failure_is_caught(std::size_t token);

 private:
  bool is_called(std::uint32_t scope);
  bool calls_catch(std::uint32_t scope);

  const Source& source_;
  const Surroundings& surroundings_;
  const Bindings& bindings_;
  std::vector<std::optional<bool>> called_;  ///< by scope; false while it is sought
  std::vector<std::optional<bool>> caught_;  ///< by scope
  unsigned depth_ = 0;
};

}  // namespace wheelfix::python
