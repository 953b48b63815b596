#include "python/import_runs.hpp"

#include <algorithm>

#include "python/level.hpp"

namespace wheelfix::python {
namespace {

constexpr unsigned deepest_call = 100;  // functions that call each other

}  // namespace

bool ImportRuns::must_run(Node expression) {
  if (surroundings_[syntax_.expressions[expression].statement].may_be_spared) return false;
  const auto code = code_of(expression);
  return code == 0 || is_called(code);
}

bool ImportRuns::is_called(Node scope) {
  auto& known = called_[scope];
  if (known) return *known;
  known = false;  // functions that call each other leave it to the call from outside
  const Level level(depth_);
  if (depth_ > deepest_call) return false;
  known = std::ranges::any_of(calls_.of(scope),
                              [&](const Call& call) { return call.is_certain && must_run(call.expression); });
  return *known;
}

// A lambda's code doesn't run where it is written.
bool ImportRuns::holds(Node expression, Question& question) {
  const auto code = code_of(expression);
  const auto& own = surroundings_[syntax_.expressions[expression].statement];
  if (syntax_.scopes[code].kind != Scope::Kind::lambda && own.*question.of_statement) return true;
  return code != 0 && holds_for_calls(code, question);
}

bool ImportRuns::holds_for_calls(Node scope, Question& question) {
  auto& known = question.of_calls[scope];
  if (known) return *known;
  known = true;  // see is_called
  const Level level(depth_);
  if (depth_ > deepest_call) return *(known = false);
  bool is_called = false, for_all = true;
  for (const auto& call : calls_.of(scope)) {
    if (code_of(call.expression) == scope) continue;
    is_called = true;
    for_all = for_all && holds(call.expression, question);
  }
  return *(known = is_called && for_all);
}

}  // namespace wheelfix::python
