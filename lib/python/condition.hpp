#pragma once

#include <optional>

#include "python/bindings.hpp"
#include "python/evaluator.hpp"
#include "python/syntax.hpp"

namespace wheelfix::python {

struct PythonPlatform;

/// Which conditions hold when a file is imported: those of the platform, of Python's version, which is taken
/// to be new, of TYPE_CHECKING and of `__name__ == "__main__"`. Keeps references to all.
class Conditions {
 public:
  Conditions(const Syntax& syntax, const Bindings& bindings, Evaluator& evaluator,
             const PythonPlatform& platform)
      : syntax_(syntax), bindings_(bindings), evaluator_(evaluator), platform_(platform) {}

  /// Nothing if it isn't known, or there is no condition.
  std::optional<bool> holds(Node condition) { return holds(condition, 0); }

 private:
  std::optional<bool> holds(Node condition, unsigned depth);
  std::optional<bool> operands(const Expression& node, unsigned depth);
  std::optional<bool> comparison(const Expression& node);
  std::optional<bool> beginning(const Expression& node);
  std::optional<std::string> platform_value(Node expression) const;
  std::optional<std::string> text(Node expression);

  const Syntax& syntax_;
  const Bindings& bindings_;
  Evaluator& evaluator_;
  const PythonPlatform& platform_;
};

}  // namespace wheelfix::python
