#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "python/syntax.hpp"

namespace wheelfix::python {

/// What gives a name its value.
struct Binding {
  enum class Kind : std::uint8_t {
    value,         ///< `name = EXPRESSION`, and the like
    part,          ///< `a, b = EXPRESSION`: the part with number `index`
    addition,      ///< `name += EXPRESSION`
    element,       ///< `for name in EXPRESSION`
    element_part,  ///< `for a, b in EXPRESSION`
    parameter,     ///< with number `index`, if it can be given by position; EXPRESSION is its default
    function,      ///< `definition` is its scope
    class_,
    import,       ///< of the module, or name in it, that `index` gives: see Bindings::foreign
    declaration,  ///< `name: TYPE`, which gives it no value
    unknown,
  };
  static constexpr std::size_t no_index = SIZE_MAX;

  Kind kind = Kind::unknown;
  Node scope = 0;  ///< in which the name lives
  Node code = 0;   ///< the module's, function's or lambda's scope whose code gives the value
  std::size_t index = no_index;
  Node expression = no_node;
  Node definition = no_node;
  Node from = 0;   ///< the first token for which the name has the value
  Node block = 0;  ///< that it is in
};

/// `os.path.join`, whatever the file calls it.
struct ForeignName {
  std::string name;
  bool is_imported = false;  ///< by the file; if not, the file only uses the name, and what it is isn't known
};

/// Where the names of a file get their values. Keeps a reference to the syntax. All queries for a file take
/// at most some seconds together; after that the answers are `unknown`.
class Bindings {
 public:
  explicit Bindings(const Syntax& syntax);

  /// All bindings of a name, by scope.
  std::span<const Binding> all(const std::string& name) const;
  /// The bindings in one scope, in order. Dotted names like `self.path` are in the module's scope, because
  /// all functions share them.
  std::span<const Binding> in(Node scope, const std::string& name) const;
  /// The scope in which a name of this scope's code lives, by Python's rules.
  std::optional<Node> home(const std::string& name, Node scope) const;
  /// The bindings that may give a name its value at an expression: those in its home that come after the last
  /// one that must have run before, or in the same loop. For a global name also those of functions that
  /// assign it.
  std::vector<const Binding*> find(const std::string& name, Node expression) const;
  /// The name from outside of the file that an expression means; nothing if the file itself gives it a value.
  std::optional<ForeignName> foreign(Node expression) const { return foreign(expression, 0); }
  /// The scope whose code runs that of a scope: for a class and a comprehension it is the one around.
  Node code_of(Node scope) const { return code_[scope]; }

 private:
  friend class BindingFinder;

  std::vector<const Binding*> reaching(std::vector<const Binding*> found, const Expression& use) const;
  bool must_run_before(const Binding& binding, const Expression& use) const;
  Node outermost_loop(const Expression& use) const;
  bool is_global(const std::string& name, Node scope) const;
  std::optional<ForeignName> foreign(Node expression, unsigned depth) const;

  const Syntax& syntax_;
  std::vector<Node> code_;  ///< by scope
  std::unordered_map<std::string, std::vector<Binding>> names_;
  std::unordered_map<std::string, std::set<Node>> globals_;  ///< the scopes that declare a name global
  std::vector<std::string> modules_;                         ///< that imports name
  mutable std::size_t considered_ = 0;                       ///< bindings, in all calls of `find`
};

}  // namespace wheelfix::python
