#include "python/import_runs.hpp"

#include <algorithm>

namespace wheelfix::python {
namespace {

constexpr unsigned deepest_call = 100;  // functions that call each other

}  // namespace

bool ImportRuns::must_run(std::size_t token) {
  if (surroundings_.may_be_spared(source_.tokens[token].begin)) return false;
  const auto scope = bindings_.places[token].scope;
  return scope == 0 || is_called(scope);
}

bool ImportRuns::is_called(std::uint32_t scope) {
  auto& known = called_[scope];
  if (known) return *known;
  known = false;
  const auto& function = bindings_.scopes[scope];
  const auto calls = bindings_.calls.find(function.name);
  if (function.is_method || calls == bindings_.calls.end() || depth_ == deepest_call) return false;
  ++depth_;
  known = std::ranges::any_of(calls->second, [&](std::size_t opening) {
    return !(opening >= 2 && source_.is_op(opening - 2, ".")) && must_run(opening);
  });
  --depth_;
  return *known;
}

bool ImportRuns::failure_is_caught(std::size_t token) {
  const auto scope = bindings_.places[token].scope;
  return surroundings_.failure_is_caught(source_.tokens[token].begin) || (scope != 0 && calls_catch(scope));
}

bool ImportRuns::calls_catch(std::uint32_t scope) {
  auto& known = caught_[scope];
  if (known) return *known;
  known = true;  // functions that call each other leave it to the call from outside
  const auto& function = bindings_.scopes[scope];
  const auto calls = bindings_.calls.find(function.name);
  bool is_called = false, all_catch = depth_ < deepest_call;
  if (calls == bindings_.calls.end() || !all_catch) return *(known = false);
  ++depth_;
  for (const auto opening : calls->second) {
    const bool is_of_object = opening >= 2 && source_.is_op(opening - 2, ".");
    if (is_of_object != function.is_method || bindings_.places[opening].scope == scope) continue;
    is_called = true;
    all_catch = all_catch && failure_is_caught(opening);
  }
  --depth_;
  return *(known = is_called && all_catch);
}

}  // namespace wheelfix::python
