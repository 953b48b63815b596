#include "python/condition.hpp"

#include <algorithm>

#include "python/import_steps.hpp"

namespace wheelfix::python {
namespace {

constexpr unsigned deepest = 50;  // `not`, brackets, `and` and `or` within each other

}  // namespace

std::optional<bool> Conditions::holds(Node condition, unsigned depth) {
  using Kind = Expression::Kind;
  if (condition == no_node || depth > deepest) return std::nullopt;
  const auto& node = syntax_.expressions[condition];
  if (node.kind == Kind::name || node.kind == Kind::attribute) {
    const auto name = syntax_.text(node.token);
    if (name == "TYPE_CHECKING" || name == "False" || name == "None") return false;
    return name == "True" ? std::optional(true) : std::nullopt;
  }
  if (node.kind == Kind::unary && syntax_.source.is_name(node.begin, "not")) {
    const auto inner = holds(node.first, depth + 1);
    return inner ? std::optional(!*inner) : std::nullopt;
  }
  if (node.kind == Kind::boolean) return operands(node, depth + 1);
  if (node.kind == Kind::comparison) return comparison(node);
  if (node.kind == Kind::call) return beginning(node);
  return std::nullopt;
}

// All of `and`, or all of `or`; not both together.
std::optional<bool> Conditions::operands(const Expression& node, unsigned depth) {
  const auto all = syntax_.children(node);
  if (all.size() < 2) return std::nullopt;
  const auto op = syntax_.text(syntax_.expressions[all[1]].begin - 1);
  const bool decides = op == "or";  // the value of one that decides for all
  bool is_known = true;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0 && syntax_.text(syntax_.expressions[all[i]].begin - 1) != op) return std::nullopt;
    const auto value = holds(all[i], depth);
    if (value == decides) return decides;
    is_known = is_known && value.has_value();
  }
  return is_known ? std::optional(!decides) : std::nullopt;
}

std::optional<bool> Conditions::comparison(const Expression& node) {
  const auto operands = syntax_.children(node);
  if (operands.size() != 2) return std::nullopt;
  const auto begin = syntax_.expressions[operands[1]].begin;
  const auto op = syntax_.text(begin - 1);
  const auto before = begin >= 2 ? syntax_.text(begin - 2) : std::string_view();
  if (syntax_.is_name(operands[0], "__name__") && op == "==") return false;
  if (const auto foreign = bindings_.foreign(operands[0]);
      foreign && (foreign->name.ends_with("version_info") || foreign->name.ends_with(".PY3"))) {
    if (op.starts_with('>')) return true;
    return op.starts_with('<') ? std::optional(false) : std::nullopt;
  }
  const auto value = platform_value(operands[0]);
  if (!value) return std::nullopt;
  if (op == "in") {
    const auto list = evaluator_.value(operands[1]);
    if (list.elements.empty()) return std::nullopt;
    const bool is_in = std::ranges::any_of(
        list.elements, [&](const auto& part) { return std::ranges::count(part.texts, *value) > 0; });
    return is_in != (before == "not");
  }
  const auto other = text(operands[1]);
  if (!other || (op != "==" && op != "!=")) return std::nullopt;
  return (*value == *other) == (op == "==");
}

// `sys.platform.startswith("win")`
std::optional<bool> Conditions::beginning(const Expression& node) {
  const auto& function = syntax_.expressions[node.first];
  if (function.kind != Expression::Kind::attribute || syntax_.text(function.token) != "startswith")
    return std::nullopt;
  const auto value = platform_value(function.first);
  const auto prefix = function.next == no_node ? std::nullopt : text(function.next);
  return value && prefix ? std::optional(value->starts_with(*prefix)) : std::nullopt;
}

std::optional<std::string> Conditions::platform_value(Node expression) const {
  const auto& node = syntax_.expressions[expression];
  const bool is_call = node.kind == Expression::Kind::call;
  const auto foreign = bindings_.foreign(is_call ? node.first : expression);
  if (!foreign) return std::nullopt;
  if (is_call)
    return foreign->name == "platform.system" ? std::optional(platform_.platform_system) : std::nullopt;
  if (foreign->name == "sys.platform") return platform_.sys_platform;
  return foreign->name == "os.name" ? std::optional(platform_.os_name) : std::nullopt;
}

std::optional<std::string> Conditions::text(Node expression) {
  const auto value = evaluator_.value(expression);
  const bool is_known = value.texts.size() == 1 && value.texts.front().find('*') == std::string::npos;
  return is_known ? std::optional(value.texts.front()) : std::nullopt;
}

}  // namespace wheelfix::python
