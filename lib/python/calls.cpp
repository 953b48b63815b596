#include "python/calls.hpp"

#include <algorithm>

namespace wheelfix::python {
namespace {

constexpr std::size_t most_calls = 1'000'000;  // pairs of a call and a function, in one file
constexpr unsigned deepest_object = 8;         // names that name each other

}  // namespace

Calls::Calls(const Syntax& syntax, const Bindings& bindings)
    : syntax_(syntax), bindings_(bindings), calls_(syntax.scopes.size()) {
  for (Node scope = 0; scope < syntax.scopes.size(); ++scope)
    if (is_method(scope)) methods_[syntax.text(syntax.scopes[scope].token)].push_back(scope);
  for (Node node = 0; node < syntax.expressions.size(); ++node)
    if (syntax.expressions[node].kind == Expression::Kind::call) take_call(node);
}

bool Calls::is_method(Node scope) const {
  const auto& function = syntax_.scopes[scope];
  return function.kind == Scope::Kind::function &&
         syntax_.scopes[function.parent].kind == Scope::Kind::class_;
}

void Calls::add(Node scope, Call call) {
  if (++count_ <= most_calls) calls_[scope].push_back(call);
}

void Calls::take_call(Node call) {
  if (count_ > most_calls) return;
  const auto found = targets(call);
  for (const auto scope : found) add(scope, {call, true});
  const auto& function = syntax_.expressions[syntax_.expressions[call].first];
  if (!found.empty() || function.kind != Expression::Kind::attribute) return;
  const auto methods = methods_.find(syntax_.text(function.token));
  if (methods == methods_.end() || bindings_.foreign(function.first)) return;
  for (const auto scope : methods->second) add(scope, {call, false});
}

std::vector<Node> Calls::targets(Node call) const {
  const auto& function = syntax_.expressions[syntax_.expressions[call].first];
  if (function.kind == Expression::Kind::attribute) return targets_of_attribute(function);
  if (function.kind != Expression::Kind::name) return {};
  const auto name = syntax_.name(function.token);
  const auto home = bindings_.home(name, function.scope);
  return home ? named(name, *home) : std::vector<Node>();
}

// What a call runs, of a name that lives in this scope.
const std::vector<Node>& Calls::named(const std::string& name, Node home) const {
  const auto [place, is_new] = named_.try_emplace({home, name});
  auto& found = place->second;
  if (!is_new) return found;
  for (const auto& binding : bindings_.in(home, name)) {
    if (binding.kind == Binding::Kind::function) found.push_back(binding.definition);
    if (binding.kind == Binding::Kind::class_) {
      for (const auto& method : bindings_.in(binding.definition, "__init__"))
        if (method.kind == Binding::Kind::function) found.push_back(method.definition);
    }
    if (binding.kind != Binding::Kind::value) continue;
    const auto& value = syntax_.expressions[binding.expression];
    if (value.kind == Expression::Kind::lambda) found.push_back(syntax_.expressions[value.first].scope);
  }
  return found;
}

std::vector<Node> Calls::targets_of_attribute(const Expression& function) const {
  if (!methods_.contains(syntax_.text(function.token))) return {};
  const auto type = class_of(function.first, 0);
  return type == no_node ? std::vector<Node>() : named(syntax_.name(function.token), type);
}

// The class of the file that an expression is, or is an object of.
Node Calls::class_of(Node expression, unsigned depth) const {
  const auto& node = syntax_.expressions[expression];
  if (depth > deepest_object) return no_node;
  if (node.kind == Expression::Kind::call) return class_of(node.first, depth + 1);
  if (node.kind != Expression::Kind::name) return no_node;
  const auto found = bindings_.find(syntax_.name(node.token), expression);
  if (found.size() != 1) return no_node;
  const auto& binding = *found.front();
  if (binding.kind == Binding::Kind::class_) return binding.definition;
  if (binding.kind == Binding::Kind::value) return class_of(binding.expression, depth + 1);
  const bool is_object =
      binding.kind == Binding::Kind::parameter && binding.index == 0 && is_method(binding.scope);
  return is_object ? syntax_.scopes[binding.scope].parent : no_node;
}

}  // namespace wheelfix::python
