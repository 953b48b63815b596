// Literals, brackets, and parameters.
#include <utility>

#include "python/level.hpp"
#include "python/parser.hpp"

namespace wheelfix::python {

Node Parser::literal() {
  const auto node = add(Kind::string, at_, at_);
  Siblings fields;
  while (true) {
    if (is_kind(at_, Token::Kind::format_start)) {
      const auto end = source_.tokens[at_].partner;
      for (++at_; at_ < end;) take_field_or_token(fields);
      ++at_;
    } else if (is_kind(at_, Token::Kind::string)) {
      ++at_;
    } else {
      break;
    }
  }
  syntax_.expressions[node].first = fields.first;
  syntax_.expressions[node].end = at_;
  return node;
}

void Parser::take_field_or_token(Siblings& fields) {
  if (!op("{")) {
    ++at_;
    return;
  }
  const auto opening = at_;
  const auto close = source_.tokens[opening].partner;
  const Level level(depth_);
  Siblings parts;
  ++at_;
  if (depth_ <= deepest_node) append(parts, expression_list());
  while (depth_ <= deepest_node && at_ < close) take_field_or_token(parts);
  at_ = close + 1;
  append(fields, add(Kind::field, opening, opening, parts));
}

Node Parser::brackets() {
  const Level level(depth_);
  const auto opening = at_++;
  const auto close = source_.tokens[opening].partner;
  Siblings parts;
  auto kind = source_.is_op(opening, "(") ? Kind::tuple : Kind::list;
  bool has_comma = at_ == close || kind == Kind::list;
  if (depth_ > deepest_node) {
    kind = Kind::unknown;
    at_ = close;
  } else if (has_direct(opening, "for")) {
    append(parts, comprehension(opening));
    has_comma = false;
  } else if (source_.is_op(opening, "{")) {
    kind = take_braces(close, parts);
    has_comma = true;
  } else {
    while (at_ < close) {
      append(parts, element());
      if (!take_op(",")) break;
      has_comma = true;
    }
  }
  take_rest(close, parts);
  ++at_;
  if (has_comma || parts.first != parts.last || parts.first == no_node)
    return add(kind, opening, opening, parts);
  syntax_.expressions[parts.first].begin = opening;
  syntax_.expressions[parts.first].end = at_;
  return parts.first;
}

Parser::Kind Parser::take_braces(Node close, Siblings& parts) {
  bool is_set = false;
  while (at_ < close) {
    const bool is_star = op("**");
    append(parts, element());
    is_set = !is_star && !take_op(":");
    if (!is_set && !is_star) append(parts, named_expression());
    if (!take_op(",")) break;
  }
  return is_set ? Kind::set : Kind::dictionary;
}

// The first iterable is read in the enclosing scope.
Node Parser::comprehension(Node opening) {
  const auto outer = scope_;
  const auto inner = add_scope(Scope::Kind::comprehension, opening);
  const auto node = add(Kind::comprehension, opening, opening);
  Siblings parts;
  scope_ = inner;
  append(parts, element());
  if (take_op(":")) append(parts, expression());
  for (bool is_first = true; word("for") || word("async"); is_first = false) {
    const auto begin = at_;
    take_word("async");
    if (!take_word("for")) break;
    Siblings iteration;
    append(iteration, target_list());
    if (is_first) scope_ = outer;
    if (take_word("in")) append(iteration, operand());
    scope_ = inner;
    append(parts, add(Kind::iteration, begin, begin, iteration));
    while (take_word("if")) append(parts, operand());
  }
  take_rest(source_.tokens[opening].partner, parts);
  scope_ = outer;
  syntax_.expressions[node].first = parts.first;
  syntax_.expressions[node].end = source_.tokens[opening].partner + 1;
  return node;
}

Node Parser::call(Node function) {
  const auto opening = at_;
  const auto node = add(Kind::call, syntax_.expressions[function].begin, opening);
  Siblings parts{function, function};
  take_arguments(parts);
  syntax_.expressions[node].first = function;
  syntax_.expressions[node].end = at_;
  return node;
}

void Parser::take_arguments(Siblings& parts) {
  const Level level(depth_);
  const auto opening = at_++;
  const auto close = source_.tokens[opening].partner;
  if (depth_ > deepest_node) {
    at_ = close;
    append(parts, add(Kind::star, opening, opening));
  } else if (has_direct(opening, "for")) {
    append(parts, comprehension(opening));
  }
  while (at_ < close) {
    const auto begin = at_;
    if (is_kind(begin, Token::Kind::name) && source_.is_op(begin + 1, "=")) {
      at_ += 2;
      append(parts, wrap(Kind::keyword, begin, begin, expression()));
    } else {
      append(parts, element());
    }
    if (!take_op(",")) break;
  }
  take_rest(close, parts);
  ++at_;
}

Node Parser::subscript(Node object) {
  const Level level(depth_);
  const auto opening = at_++;
  const auto close = source_.tokens[opening].partner;
  const auto begin = syntax_.expressions[object].begin;
  Siblings items;
  bool has_comma = false;
  if (depth_ > deepest_node) at_ = close;
  while (at_ < close) {
    append(items, index(close));
    if (!take_op(",")) break;
    has_comma = true;
  }
  take_rest(close, items);
  if (has_comma) items.first = items.last = add(Kind::tuple, opening + 1, opening, items);
  ++at_;
  Siblings parts{object, object};
  if (items.first != no_node) append(parts, items.first);
  return add(Kind::subscript, begin, opening, parts);
}

Node Parser::index(Node close) {
  const auto begin = at_;
  Siblings parts;
  if (!op(":")) append(parts, element());
  if (!op(":")) return parts.first;
  while (take_op(":")) {
    if (at_ < close && !op(":") && !op(",")) append(parts, expression());
  }
  return add(Kind::slice, begin, begin, parts);
}

void Parser::take_parameters(Node scope, bool is_lambda, Siblings& annotations) {
  Siblings parameters;
  const auto at_close = [this] { return source_.tokens[at_].partner < at_; };
  while (!at_statement_end() && !op(":") && !at_close()) {
    const auto before = at_;
    take_parameter(scope, is_lambda, parameters, annotations);
    if (!take_op(",") && at_ == before) ++at_;
  }
  syntax_.scopes[scope].parameters = parameters.first;
}

// `/` isn't a parameter, and a tuple of Python 2 has no name.
void Parser::take_parameter(Node scope, bool is_lambda, Siblings& parameters, Siblings& annotations) {
  const auto begin = at_;
  const bool is_star = take_op("*") || take_op("**");
  Node token = no_node;
  Siblings value;
  if (take_op("/")) return;
  if (is_bound_name(at_)) {
    token = at_++;
  } else if (opens(at_)) {
    at_ = source_.tokens[at_].partner + 1;
  }
  if (!is_lambda && take_op(":")) append(annotations, element());
  if (take_op("=")) append(value, expression());
  if (at_ == begin) return;
  const auto node = add(is_star ? Kind::star_parameter : Kind::parameter, begin, token, value);
  syntax_.expressions[node].scope = scope;
  append(parameters, node);
}

}  // namespace wheelfix::python
