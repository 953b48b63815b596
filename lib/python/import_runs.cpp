#include "python/import_runs.hpp"

#include <algorithm>

namespace wheelfix::python {

bool ImportRuns::must_run(std::size_t token) {
  if (surroundings_.may_be_spared(source_.tokens[token].begin)) return false;
  const auto scope = bindings_.places[token].scope;
  return scope == 0 || is_called(scope);
}

bool ImportRuns::is_called(std::uint32_t scope) {
  constexpr unsigned deepest = 100;
  auto& known = called_[scope];
  if (known) return *known;
  known = false;
  const auto& function = bindings_.scopes[scope];
  const auto calls = bindings_.calls.find(function.name);
  if (function.is_method || calls == bindings_.calls.end() || depth_ == deepest) return false;
  ++depth_;
  known = std::ranges::any_of(calls->second, [&](std::size_t opening) {
    return !(opening >= 2 && source_.is_op(opening - 2, ".")) && must_run(opening);
  });
  --depth_;
  return *known;
}

}  // namespace wheelfix::python
