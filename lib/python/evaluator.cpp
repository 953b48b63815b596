#include "python/evaluator.hpp"

#include <algorithm>
#include <charconv>

#include "python/level.hpp"
#include "python/literal_value.hpp"

namespace wheelfix::python {
namespace {

constexpr unsigned deepest_expression = 200;  // expressions within expressions, also through names and calls
constexpr unsigned most_steps = 200'000;      // expressions of one file
constexpr std::size_t most_read_parts = 512;  // of one container
constexpr std::size_t most_parents = 8;

}  // namespace

PathValue Evaluator::value(Node node) {
  using Kind = Expression::Kind;
  const Level level(depth_);
  if (depth_ > deepest_expression || ++steps_ > most_steps) return unknown_value();
  const auto& found = expression(node);
  switch (found.kind) {
    case Kind::string:
      return literal(found);
    case Kind::name:
      return name(node);
    case Kind::attribute:
      return attribute(node);
    case Kind::call:
      return call(node);
    case Kind::subscript:
      return subscript(found);
    case Kind::sum:
    case Kind::product:
      return operation(found);
    case Kind::conditional:
      return alternatives(found.first, 2);
    case Kind::boolean:
      return alternatives(found.first, 1);
    case Kind::assignment:
    case Kind::await:
      return value(found.first);
    case Kind::tuple:
    case Kind::list:
    case Kind::set:
      return container(found);
    case Kind::dictionary:
      return dictionary(found);
    case Kind::comprehension:
      return comprehension(found);
    default:
      return unknown_value();
  }
}

// The values of every `step`th sibling.
PathValue Evaluator::alternatives(Node first, unsigned step) {
  PathValue all;
  unsigned number = 0;
  for (auto node = first; node != no_node; node = expression(node).next)
    if (number++ % step == 0) unite(all, value(node));
  return all;
}

PathValue Evaluator::operation(const Expression& node) {
  auto left = value(node.first);
  for (auto i = expression(node.first).next; i != no_node; i = expression(i).next) {
    const auto op = syntax_.text(expression(i).begin - 1);
    const auto right = value(i);
    const bool are_lists = !left.elements.empty() || !right.elements.empty();
    if (op == "+" && are_lists) {
      unite(left, right);
    } else if (op == "+") {
      left = concatenated(left, right);
    } else if (op == "/") {
      left = joined(left, right);
    } else {
      left = op == "%" ? percent_formatted(left, right) : unknown_value();
    }
  }
  return left;
}

PathValue Evaluator::literal(const Expression& node) {
  auto value = text_value("");
  auto field = node.first;
  for (auto token = node.begin; token < node.end; ++token) {
    if (syntax_.source.tokens[token].kind == Token::Kind::format_start) {
      append_format(value, token, field);
      token = syntax_.source.tokens[token].partner;
    } else if (syntax_.source.tokens[token].kind == Token::Kind::string) {
      const auto form = literal_form(syntax_.source, syntax_.source.tokens[token]);
      std::string text;
      append_value(text, syntax_.source, form, form.body_begin, form.body_end);
      value = concatenated(value, text_value(std::move(text)));
    }
  }
  return value;
}

void Evaluator::append_format(PathValue& value, Node start, Node& next_field) {
  const auto& tokens = syntax_.source.tokens;
  const auto form = literal_form(syntax_.source, tokens[start]);
  for (auto token = start + 1; token < tokens[start].partner; ++token) {
    if (tokens[token].kind == Token::Kind::format_text) {
      std::string text;
      append_value(text, syntax_.source, form, tokens[token].begin, tokens[token].end);
      value = concatenated(value, text_value(std::move(text)));
    } else {
      value = concatenated(value, field(expression(next_field)));
      next_field = expression(next_field).next;
      token = tokens[token].partner;
    }
  }
}

// A field that shows a text unchanged; with a conversion or specification it is any text.
PathValue Evaluator::field(const Expression& node) {
  if (node.first == no_node || expression(node.first).end + 1 != node.end) return unknown_value();
  auto shown = value(node.first);
  return shown.texts.empty() ? unknown_value() : shown;
}

PathValue Evaluator::container(const Expression& node) {
  PathValue list;
  std::size_t count = 0;
  for (auto part = node.first; part != no_node && count < most_read_parts;
       part = expression(part).next, ++count)
    add_part(list.elements, value(part));
  return list;
}

PathValue Evaluator::dictionary(const Expression& node) {
  PathValue dictionary;
  std::size_t count = 0;
  for (auto key = node.first; key != no_node && count < most_read_parts;
       key = expression(key).next, ++count) {
    const bool is_star = expression(key).kind == Expression::Kind::star;
    add_part(dictionary.keys, value(key));
    if (!is_star) key = expression(key).next;
    add_part(dictionary.elements, is_star || key == no_node ? unknown_value() : value(key));
    if (key == no_node) break;
  }
  return dictionary;
}

// One element, or a dictionary of one.
PathValue Evaluator::comprehension(const Expression& node) {
  auto element = value(node.first);
  const auto second = expression(node.first).next;
  if (second == no_node || expression(second).kind == Expression::Kind::iteration)
    return {.elements = {std::move(element)}};
  return {.keys = {std::move(element)}, .elements = {value(second)}};
}

PathValue Evaluator::name(Node node) {
  const auto text = syntax_.name(expression(node).token);
  if (text == "None" || text == "True" || text == "False") return {};
  if (text == "__file__") return text_value(wheel_root + ("/" + file_));
  return named(text, node);
}

PathValue Evaluator::attribute(Node node) {
  const auto dotted = syntax_.dotted_name(node);
  if (!dotted.empty() && !bindings_.in(0, dotted).empty()) return named(dotted, node);
  if (const auto foreign = bindings_.foreign(node)) {
    if (foreign->name == "os.sep" || foreign->name == "os.path.sep") return text_value("/");
    if (foreign->name == "os.pardir" || foreign->name == "os.path.pardir") return text_value("..");
    return unknown_value();
  }
  const auto attribute = syntax_.text(expression(node).token);
  const auto object = value(expression(node).first);
  if (attribute == "parent") return parent_folder(object);
  if (attribute == "name") return base_name(object);
  if (attribute != "parents") return unknown_value();
  PathValue folders;
  for (auto folder = parent_folder(object); folders.elements.size() < most_parents;
       folder = parent_folder(folder))
    folders.elements.push_back(folder);
  return folders;
}

PathValue Evaluator::subscript(const Expression& node) {
  const auto object = value(node.first);
  const auto index = expression(node.first).next;
  if (object.elements.empty() || index == no_node) return unknown_value();
  if (object.keys.empty() && expression(index).kind == Expression::Kind::number) {
    const auto text = syntax_.text(expression(index).token);
    std::size_t number = object.elements.size();
    std::from_chars(text.data(), text.data() + text.size(), number);
    if (number < object.elements.size()) return one_of(object.elements[number]);
  }
  const auto wanted = object.keys.empty() ? PathValue{} : value(index);
  PathValue found;
  for (std::size_t i = 0; i < std::min(object.keys.size(), object.elements.size()); ++i) {
    if (wanted.texts.size() == 1 && object.keys[i].texts == wanted.texts) unite(found, object.elements[i]);
  }
  return one_of(found.texts.empty() && found.elements.empty() ? any_of(object.elements) : found);
}

PathValue Evaluator::named(const std::string& name, Node use) {
  const auto found = bindings_.find(name, use);
  PathValue all;
  for (const auto* binding : found) {
    const auto [place, is_new] = values_.try_emplace(binding, unknown_value());
    if (is_new) place->second = given(*binding, name);
    const auto& value = place->second;
    unite(all, binding->kind == Binding::Kind::addition ? concatenated(all, value) : value);
  }
  return found.empty() ? unknown_value() : all;
}

PathValue Evaluator::given(const Binding& binding, const std::string& name) {
  using Kind = Binding::Kind;
  if (binding.kind == Kind::parameter) return parameter(binding, name);
  if (binding.kind == Kind::declaration) return {};
  if (binding.expression == no_node || binding.kind == Kind::unknown) return unknown_value();
  auto whole = value(binding.expression);
  if (binding.kind == Kind::value || binding.kind == Kind::addition) return whole;
  if (binding.kind == Kind::part) return any_part({.elements = {whole}}, binding.index);
  if (whole.elements.empty()) return unknown_value();
  if (binding.kind == Kind::element) return any_of(whole.keys.empty() ? whole.elements : whole.keys);
  return any_part(whole, binding.index);
}

// The part with this number, of any of the elements.
PathValue Evaluator::any_part(const PathValue& value, std::size_t index) {
  PathValue part;
  for (const auto& element : value.elements)
    unite(part, index < element.elements.size() ? element.elements[index] : unknown_value());
  return part;
}

// A method's first parameter is its object, of which nothing is known.
PathValue Evaluator::parameter(const Binding& binding, const std::string& name) {
  const std::size_t skipped = calls_.is_method(binding.scope) ? 1 : 0;
  const auto& calls = calls_.of(binding.scope);
  PathValue all;
  if (binding.expression != no_node) unite(all, value(binding.expression));
  if (calls.empty() || callers_ == Callers::any || (skipped == 1 && binding.index == 0))
    unite(all, unknown_value());
  if (skipped == 1 && binding.index == 0) return all;
  for (const auto& call : calls)
    if (const auto given = argument(call.expression, binding.index - skipped, name)) unite(all, *given);
  return all;
}

}  // namespace wheelfix::python
