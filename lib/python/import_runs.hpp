#pragma once

#include <optional>
#include <vector>

#include "python/bindings.hpp"
#include "python/calls.hpp"
#include "python/surroundings.hpp"

namespace wheelfix::python {

/// Which code an import of the file runs, and fails with, whatever the conditions: code outside of functions,
/// or in one that is called there, that may not be spared (see Surrounding).
class ImportRuns {
 public:
  /// Keeps references to all three.
  ImportRuns(const Syntax& syntax, const Bindings& bindings, const Calls& calls)
      : syntax_(syntax),
        bindings_(bindings),
        calls_(calls),
        surroundings_(find_surroundings(syntax)),
        called_(syntax.scopes.size()),
        caught_{&Surrounding::catches, Known(syntax.scopes.size())},
        asked_{&Surrounding::is_for_file_there, Known(syntax.scopes.size())} {}

  bool must_run(Node expression);
  /// Whether the code may go on if the expression fails: its failure is caught there, or at each call of its
  /// function in the file.
  bool failure_is_caught(Node expression) { return holds(expression, caught_); }
  /// Whether the expression, or each call of its function, may be only for a file that exists.
  bool is_for_file_there(Node expression) { return holds(expression, asked_); }

 private:
  using Known = std::vector<std::optional<bool>>;  ///< by scope
  struct Question {
    bool Surrounding::*of_statement;
    Known of_calls;
  };

  bool is_called(Node scope);
  bool holds(Node expression, Question& question);
  bool holds_for_calls(Node scope, Question& question);
  Node code_of(Node expression) const { return bindings_.code_of(syntax_.expressions[expression].scope); }

  const Syntax& syntax_;
  const Bindings& bindings_;
  const Calls& calls_;
  std::vector<Surrounding> surroundings_;  ///< of statements
  Known called_;
  Question caught_, asked_;
  unsigned depth_ = 0;
};

}  // namespace wheelfix::python
