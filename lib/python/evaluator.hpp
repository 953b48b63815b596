#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "python/bindings.hpp"
#include "python/calls.hpp"
#include "python/path_value.hpp"
#include "python/syntax.hpp"

namespace wheelfix::python {

/// Which calls of functions give their parameters values: those of the file, or any file's, which aren't
/// known.
enum class Callers { of_file, any };

/// Finds what expressions that name files may be: literals, `+`, `%`, f-strings, os.path, pathlib, glob,
/// conditional expressions, and names, which have the values that they are given anywhere in the file.
/// Nothing is run, and what isn't understood is `*`. Keeps references to all three.
class Evaluator {
 public:
  /// `file` is the path of the source below the wheel's root, and the value of __file__.
  Evaluator(const Syntax& syntax, const Bindings& bindings, const Calls& calls, std::string file,
            Callers callers = Callers::of_file)
      : syntax_(syntax), bindings_(bindings), calls_(calls), file_(std::move(file)), callers_(callers) {}

  PathValue value(Node expression);
  /// The argument of a call by its position or name; nothing if it has none. `*` if it may be any.
  std::optional<PathValue> argument(Node call, std::size_t position, std::string_view name);

 private:
  PathValue alternatives(Node first, unsigned step);
  PathValue operation(const Expression& node);
  PathValue literal(const Expression& node);
  void append_format(PathValue& value, Node start, Node& field);
  PathValue field(const Expression& node);
  PathValue container(const Expression& node);
  PathValue dictionary(const Expression& node);
  PathValue comprehension(const Expression& node);
  PathValue name(Node node);
  PathValue attribute(Node node);
  PathValue subscript(const Expression& node);

  PathValue named(const std::string& name, Node use);
  PathValue given(const Binding& binding, const std::string& name);
  PathValue parameter(const Binding& binding, const std::string& name);
  PathValue any_part(const PathValue& value, std::size_t index);

  PathValue call(Node call);
  PathValue call_own(const std::vector<Node>& functions);
  PathValue call_foreign(Node call, const ForeignName& function);
  std::optional<PathValue> call_builtin(Node call, std::string_view name);
  PathValue call_method(Node call, const PathValue& object, std::string_view method);
  PathValue result(Node scope);
  PathValue first_argument(Node call);
  PathValue join_arguments(PathValue value, Node call);
  PathValue with_default(PathValue value, Node call);

  const Expression& expression(Node node) const { return syntax_.expressions[node]; }
  Node arguments(Node call) const { return expression(expression(call).first).next; }

  const Syntax& syntax_;
  const Bindings& bindings_;
  const Calls& calls_;
  std::string file_;
  Callers callers_;
  unsigned depth_ = 0;
  unsigned steps_ = 0;
  std::map<const Binding*, PathValue> values_;  ///< `*` while it is being found
  std::map<Node, PathValue> results_;           ///< by scope
  std::map<Node, std::vector<Node>> returns_;   ///< expressions, by scope
  bool has_returns_ = false;
};

}  // namespace wheelfix::python
