#include "python/evaluator.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "python/literal_value.hpp"

namespace wheelfix::python {
namespace {

using Kind = Token::Kind;

constexpr unsigned deepest_expression = 100;  // expressions within expressions, whichever way they come in
constexpr unsigned most_steps = 50'000;  // expressions of one file

/// Counts how deep the evaluation is.
class Level {
 public:
  explicit Level(unsigned& depth) : depth_(++depth) {}
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;
  ~Level() { --depth_; }

 private:
  unsigned& depth_;
};

}  // namespace

bool Evaluator::take_op(std::string_view text) {
  if (!op(text)) return false;
  ++at_;
  return true;
}

PathValue Evaluator::evaluate(std::size_t token) {
  const auto before = std::exchange(at_, token);
  auto value = expression();
  at_ = before;
  return value;
}

// `A if CONDITION else B`; a comprehension's `if` has no `else`.
PathValue Evaluator::expression() {
  const Level level(depth_);
  if (depth_ > deepest_expression || ++steps_ > most_steps) return unknown_value();
  if (word("lambda")) return lambda();
  auto value = disjunction();
  if (!word("if")) return value;
  ++at_;
  disjunction();
  if (!word("else")) return value;
  ++at_;
  unite(value, expression());
  return value;
}

PathValue Evaluator::lambda() {
  while (!op(":") && source_.tokens[at_].kind != Kind::newline && source_.tokens[at_].kind != Kind::end)
    ++at_;
  if (take_op(":")) expression();
  return unknown_value();
}

PathValue Evaluator::disjunction() {
  auto value = comparison();
  while (word("or") || word("and")) {
    ++at_;
    unite(value, comparison());
  }
  return value;
}

PathValue Evaluator::comparison() {
  constexpr std::array<std::string_view, 11> ops = {
      "<", ">", "==", "!=", "<=", ">=", "|", "&", "^", "<<", ">>"};
  auto value = sum();
  while (true) {
    const auto text = source_.text_of(source_.tokens[at_]);
    const bool is_word = word("in") || word("is") || word("not");
    if (!is_word && !(source_.tokens[at_].kind == Kind::op && is_any(text, ops))) return value;
    ++at_;
    while (word("in") || word("not")) ++at_;
    sum();
    value = unknown_value();
  }
}

PathValue Evaluator::sum() {
  auto value = term();
  while (op("+") || op("-")) {
    const bool adds = op("+");
    ++at_;
    const auto right = term();
    if (adds && !(value.elements.empty() && right.elements.empty())) {
      unite(value, right);
    } else {
      value = adds ? concatenated(value, right) : unknown_value();
    }
  }
  return value;
}

PathValue Evaluator::term() {
  constexpr std::array<std::string_view, 5> ops = {"*", "/", "//", "%", "@"};
  auto value = unary();
  while (source_.tokens[at_].kind == Kind::op && is_any(source_.text_of(source_.tokens[at_]), ops)) {
    const auto text = source_.text_of(source_.tokens[at_++]);
    const auto right = unary();
    if (text == "/") {
      value = joined(value, right);
    } else {
      value = text == "%" ? percent_formatted(value, right) : unknown_value();
    }
  }
  return value;
}

PathValue Evaluator::unary() {
  bool unknown = false;
  while (op("-") || op("+") || op("~") || op("*") || op("**") || word("not") || word("await") ||
         word("yield")) {
    unknown = unknown || !word("await");
    ++at_;
  }
  auto value = postfix().value;
  if (take_op("**")) {
    const Level level(depth_);
    if (depth_ <= deepest_expression) unary();
    unknown = true;
  }
  return unknown ? unknown_value() : value;
}

Evaluator::Operand Evaluator::postfix() {
  auto operand = atom();
  while (true) {
    if (op(".") && source_.tokens[at_ + 1].kind == Kind::name) {
      operand = attribute(std::move(operand));
    } else if (op("(")) {
      const auto opening = std::exchange(at_, close_of(at_) + 1);
      operand = {call(operand, opening)};
    } else if (op("[")) {
      const auto opening = std::exchange(at_, close_of(at_) + 1);
      operand = {subscript(operand.value, opening)};
    } else {
      return operand;
    }
  }
}

Evaluator::Operand Evaluator::atom() {
  const auto& token = source_.tokens[at_];
  if (token.kind == Kind::string || token.kind == Kind::format_start) return {literal()};
  if (token.kind == Kind::name) {
    ++at_;
    return name_value(std::string(source_.text_of(token)));
  }
  if (op("(") || op("[") || op("{")) {
    const auto opening = std::exchange(at_, close_of(at_) + 1);
    const auto behind = at_;
    auto value = source_.is_op(opening, "(")   ? round_brackets(opening)
                 : source_.is_op(opening, "[") ? list_of(opening)
                                               : braces(opening);
    at_ = behind;
    return {std::move(value)};
  }
  if (token.kind == Kind::number || op("...")) ++at_;
  return {};
}

PathValue Evaluator::literal() {
  auto value = text_value("");
  while (true) {
    const auto& token = source_.tokens[at_];
    if (token.kind == Kind::string) {
      const auto form = literal_form(source_, token);
      std::string text;
      append_value(text, source_, form, form.body_begin, form.body_end);
      value = concatenated(value, text_value(std::move(text)));
      ++at_;
    } else if (token.kind == Kind::format_start) {
      append_format(value);
    } else {
      return value;
    }
  }
}

void Evaluator::append_format(PathValue& value) {
  const auto form = literal_form(source_, source_.tokens[at_]);
  const auto end = close_of(at_);
  for (auto i = at_ + 1; i < end; ++i) {
    const auto& token = source_.tokens[i];
    if (token.kind == Kind::format_text) {
      std::string text;
      append_value(text, source_, form, token.begin, token.end);
      value = concatenated(value, text_value(std::move(text)));
    } else {
      value = concatenated(value, field(i));
      i = token.partner;
    }
  }
  at_ = end + 1;
}

// A field that shows a text as it is; one with a conversion or specification is any text.
PathValue Evaluator::field(std::size_t opening) {
  const auto before = std::exchange(at_, opening + 1);
  auto value = expression();
  if (at_ != close_of(opening) || value.texts.empty()) value = unknown_value();
  at_ = before;
  return value;
}

PathValue Evaluator::round_brackets(std::size_t opening) {
  at_ = opening + 1;
  if (at_ == close_of(opening)) return {};
  auto value = expression();
  if (op(":=")) {
    ++at_;
    value = expression();
  }
  if (word("for")) return {.elements = {std::move(value)}};
  return op(",") ? list_of(opening) : value;
}

// Of a tuple or set too. A comprehension has one element.
PathValue Evaluator::list_of(std::size_t opening) {
  PathValue list;
  for (const auto part : bracket_parts(source_, opening)) add_part(list.elements, evaluate(part));
  return list;
}

PathValue Evaluator::braces(std::size_t opening) {
  PathValue dictionary;
  for (const auto part : bracket_parts(source_, opening)) {
    at_ = part;
    if (op("**")) {
      add_part(dictionary.keys, unknown_value());
      add_part(dictionary.elements, unknown_value());
      continue;
    }
    auto key = expression();
    if (!take_op(":")) return list_of(opening);
    add_part(dictionary.keys, std::move(key));
    add_part(dictionary.elements, expression());
  }
  return dictionary;
}

}  // namespace wheelfix::python
