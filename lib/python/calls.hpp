#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "python/bindings.hpp"
#include "python/syntax.hpp"

namespace wheelfix::python {

/// A call that runs a function's code, or that may: it calls a method of that name of some object.
struct Call {
  Node expression = no_node;
  bool is_certain = false;
};

/// Which functions and lambdas of a file its calls run. A class's call runs its `__init__`. Keeps references
/// to both.
class Calls {
 public:
  Calls(const Syntax& syntax, const Bindings& bindings);

  /// The calls of the function with this scope.
  const std::vector<Call>& of(Node scope) const { return calls_[scope]; }
  /// The scopes that a call runs.
  std::vector<Node> targets(Node call) const;
  bool is_method(Node scope) const;

 private:
  void take_call(Node call);
  void add(Node scope, Call call);
  const std::vector<Node>& named(const std::string& name, Node home) const;
  std::vector<Node> targets_of_attribute(const Expression& function) const;
  Node class_of(Node expression, unsigned depth) const;

  const Syntax& syntax_;
  const Bindings& bindings_;
  std::vector<std::vector<Call>> calls_;                             ///< by scope
  std::unordered_map<std::string_view, std::vector<Node>> methods_;  ///< scopes, by name
  mutable std::map<std::pair<Node, std::string>, std::vector<Node>> named_;
  std::size_t count_ = 0;
};

}  // namespace wheelfix::python
