#include <algorithm>
#include <array>
#include <utility>

#include "python/level.hpp"
#include "python/parser.hpp"

namespace wheelfix::python {
namespace {

bool is_keyword(std::string_view word) {
  constexpr std::array<std::string_view, 30> keywords = {
      "and",  "as",     "assert", "break",  "class", "continue", "def",      "del",   "elif", "else",
      "for",  "except", "from",   "global", "if",    "finally",  "import",   "in",    "is",   "lambda",
      "pass", "not",    "or",     "raise",  "try",   "return",   "nonlocal", "while", "with", "yield"};
  return word.size() <= 8 && std::ranges::find(keywords, word) != keywords.end();
}

constexpr std::array<std::string_view, 12> comparisons = {
    "==", "!=", "<", ">", "<=", ">=", "|", "&", "^", "<<", ">>", "<>"};

}  // namespace

Node Parser::add(Kind kind, Node begin, Node token, const Siblings& children) {
  syntax_.expressions.push_back({.kind = kind,
                                 .token = token,
                                 .begin = begin,
                                 .end = at_,
                                 .first = children.first,
                                 .scope = scope_,
                                 .statement = statement_});
  return static_cast<Node>(syntax_.expressions.size() - 1);
}

Node Parser::add_scope(Scope::Kind kind, Node token) {
  syntax_.scopes.push_back({.kind = kind, .parent = scope_, .token = token, .statement = statement_});
  return static_cast<Node>(syntax_.scopes.size() - 1);
}

void Parser::append(Siblings& list, Node node) {
  (list.first == no_node ? list.first : syntax_.expressions[list.last].next) = node;
  list.last = node;
}

bool Parser::opens(Node token) const {
  const auto partner = source_.tokens[token].partner;
  return partner != Token::no_partner && partner > token;
}

bool Parser::is_bound_name(Node token) const {
  return is_kind(token, Token::Kind::name) && !is_keyword(source_.text_of(source_.tokens[token]));
}

bool Parser::begins_expression(Node token) const {
  const auto text = source_.text_of(source_.tokens[token]);
  switch (source_.tokens[token].kind) {
    case Token::Kind::name:
      return !is_keyword(text) || text == "lambda" || text == "not" || text == "yield";
    case Token::Kind::op:
      return text == "..." || (text.size() == 1 && std::string_view("([{-+~*").find(text[0]) != text.npos);
    case Token::Kind::number:
    case Token::Kind::string:
    case Token::Kind::format_start:
      return true;
    default:
      return false;
  }
}

// Whether a word is between brackets, and not within inner ones.
bool Parser::has_direct(Node opening, std::string_view word) const {
  const auto close = source_.tokens[opening].partner;
  for (auto i = opening + 1; i < close; i = opens(i) ? source_.tokens[i].partner + 1 : i + 1) {
    if (source_.is_name(i, word)) return true;
  }
  return false;
}

// What is understood of the rest before a token.
void Parser::take_rest(Node end, Siblings& parts) {
  while (at_ < end) {
    const auto before = at_;
    append(parts, element());
    if (at_ == before) ++at_;
  }
}

// A tuple if there is a comma.
Node Parser::expression_list() {
  return with_commas([this] { return element(); });
}

Node Parser::target_list() {
  return with_commas([this] { return target(); });
}

Node Parser::target() {
  const auto begin = at_;
  const bool is_star = take_op("*");
  const auto node = postfix();
  return is_star ? wrap(Kind::star, begin, begin, node) : node;
}

Node Parser::element() {
  const auto begin = at_;
  if (word("yield")) return yield();
  if (!take_op("*") && !take_op("**")) return named_expression();
  return wrap(Kind::star, begin, begin, expression());
}

Node Parser::named_expression() {
  const auto begin = at_;
  auto node = expression();
  const auto name = at_ > begin ? at_ - 1 : begin;
  if (take_op(":=")) return wrap(Kind::assignment, begin, name, expression());
  while (is_pattern_ && word("as") && is_bound_name(at_ + 1)) {
    at_ += 2;
    node = wrap(Kind::pattern, begin, at_ - 1, node);
  }
  return node;
}

Node Parser::expression() {
  const Level level(depth_);
  if (depth_ > deepest_node) return skipped();
  if (word("lambda")) return lambda();
  const auto begin = at_;
  const auto first = disjunction();
  if (is_pattern_ || !word("if")) return first;
  Siblings parts{first, first};
  while (take_word("if")) {
    append(parts, disjunction());
    if (take_word("else")) append(parts, operand());
  }
  return add(Kind::conditional, begin, begin, parts);
}

// An expression that isn't a conditional one.
Node Parser::operand() {
  return word("lambda") ? expression() : disjunction();
}

Node Parser::skipped() {
  const auto begin = at_;
  const auto closes = [this] { return source_.tokens[at_].partner < at_; };
  while (!at_statement_end() && !closes() && !op(",") && !op(":") && !op("="))
    at_ = opens(at_) ? source_.tokens[at_].partner + 1 : at_ + 1;
  return add(Kind::unknown, begin, begin);
}

Node Parser::lambda() {
  const auto begin = at_++;
  const auto scope = add_scope(Scope::Kind::lambda, begin);
  Siblings annotations;
  take_parameters(scope, true, annotations);
  take_op(":");
  const auto outer = std::exchange(scope_, scope);
  const auto body = expression();
  scope_ = outer;
  return wrap(Kind::lambda, begin, begin, body);
}

Node Parser::yield() {
  const Level level(depth_);
  if (depth_ > deepest_node) return skipped();
  const auto begin = at_++;
  syntax_.scopes[scope_].is_generator = true;
  take_word("from");
  return begins_expression(at_) ? wrap(Kind::yield, begin, begin, expression_list())
                                : add(Kind::yield, begin, begin);
}

Node Parser::disjunction() {
  return chain(
      Kind::boolean, [this] { return inversion(); }, [this] { return take_word("or") || take_word("and"); });
}

Node Parser::inversion() {
  const auto begin = at_;
  while (take_word("not")) {
  }
  const bool is_inverted = at_ > begin;
  const auto node = comparison();
  return is_inverted ? wrap(Kind::unary, begin, begin, node) : node;
}

Node Parser::comparison() {
  const auto take_operator = [this] {
    if (is_kind(at_, Token::Kind::op)) return take_one_of(comparisons);
    if (take_word("is")) return take_word("not"), true;
    if (word("not") && source_.is_name(at_ + 1, "in")) ++at_;
    return take_word("in");
  };
  return chain(
      Kind::comparison, [this] { return sum(); }, take_operator);
}

Node Parser::sum() {
  constexpr std::array<std::string_view, 5> products = {"*", "/", "//", "%", "@"};
  constexpr std::array<std::string_view, 2> sums = {"+", "-"};
  const auto product = [&] {
    return chain(
        Kind::product, [&] { return unary(); }, [&] { return take_one_of(products); });
  };
  return chain(Kind::sum, product, [&] { return take_one_of(sums); });
}

Node Parser::unary() {
  constexpr std::array<std::string_view, 3> signs = {"-", "+", "~"};
  const auto begin = at_;
  const auto signed_primary = [&] {
    while (take_one_of(signs)) {
    }
    return primary();
  };
  const bool is_signed = is_kind(at_, Token::Kind::op) && (op("-") || op("+") || op("~"));
  const auto node = chain(Kind::unary, signed_primary, [this] { return take_op("**"); });
  return is_signed ? wrap(Kind::unary, begin, begin, node) : node;
}

Node Parser::primary() {
  const auto begin = at_;
  while (word("await") && begins_expression(at_ + 1)) ++at_;
  const bool waits = at_ > begin;
  const auto node = postfix();
  return waits ? wrap(Kind::await, begin, begin, node) : node;
}

Node Parser::postfix() {
  const auto begin = at_;
  auto node = atom();
  while (is_kind(at_, Token::Kind::op)) {
    if (op(".") && is_kind(at_ + 1, Token::Kind::name)) {
      at_ += 2;
      node = wrap(Kind::attribute, begin, at_ - 1, node);
    } else if (op("(")) {
      node = call(node);
    } else if (op("[")) {
      node = subscript(node);
    } else {
      break;
    }
  }
  return node;
}

Node Parser::atom() {
  const auto begin = at_;
  if (is_kind(at_, Token::Kind::string) || is_kind(at_, Token::Kind::format_start)) return literal();
  if (is_bound_name(at_)) return ++at_, add(Kind::name, begin, begin);
  if (is_kind(at_, Token::Kind::op) && opens(at_)) return brackets();
  if (is_kind(at_, Token::Kind::number)) return ++at_, add(Kind::number, begin, begin);
  take_op("...");
  return add(Kind::unknown, begin, begin);
}

}  // namespace wheelfix::python
