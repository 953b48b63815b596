#include <algorithm>
#include <array>
#include <utility>

#include "python/parser.hpp"

namespace wheelfix::python {
namespace {

using StatementKind = Statement::Kind;

struct Keyword {
  std::string_view word;
  StatementKind kind;
};

constexpr std::array<Keyword, 12> simple_statements = {{{"return", StatementKind::return_},
                                                        {"raise", StatementKind::raise},
                                                        {"del", StatementKind::delete_},
                                                        {"assert", StatementKind::assert_},
                                                        {"import", StatementKind::import},
                                                        {"from", StatementKind::import_from},
                                                        {"global", StatementKind::global},
                                                        {"nonlocal", StatementKind::nonlocal},
                                                        {"pass", StatementKind::pass},
                                                        {"break", StatementKind::break_},
                                                        {"continue", StatementKind::continue_},
                                                        {"type", StatementKind::type_alias}}};

constexpr std::array<Keyword, 8> compound_statements = {{{"def", StatementKind::function},
                                                         {"class", StatementKind::class_},
                                                         {"if", StatementKind::if_},
                                                         {"while", StatementKind::while_},
                                                         {"for", StatementKind::for_},
                                                         {"try", StatementKind::try_},
                                                         {"with", StatementKind::with},
                                                         {"match", StatementKind::match}}};

struct Clause {
  std::string_view word;
  Block::Kind kind;
};

constexpr std::array<Clause, 4> clauses = {{{"elif", Block::Kind::elif},
                                            {"else", Block::Kind::else_},
                                            {"except", Block::Kind::except},
                                            {"finally", Block::Kind::finally}}};

bool has_clauses(StatementKind kind) {
  return kind >= StatementKind::if_ && kind <= StatementKind::try_;
}

bool is_augmented(std::string_view op) {
  constexpr std::string_view first = "+-*/%&|^@>";
  return op.size() > 1 && op.ends_with('=') && (first.find(op[0]) != first.npos || op == "<<=") && op != ">=";
}

}  // namespace

void Parser::run() {
  syntax_.blocks.emplace_back();
  syntax_.scopes.emplace_back();
  open_.emplace_back();
  for (std::size_t line = 0; !is_kind(at_, Token::Kind::end); ++line) take_line(line);
  while (!open_.empty()) close_block();
}

// A tab goes on to the next multiple of 8, and a form feed begins the line again, as in CPython.
std::size_t Parser::indent_of(std::size_t line) const {
  std::size_t column = 0;
  for (auto at = source_.lines[line]; at < source_.text.size(); ++at) {
    const char c = source_.text[at];
    if (c != ' ' && c != '\t' && c != '\f') break;
    column = c == '\t' ? (column / 8 + 1) * 8 : c == '\f' ? 0 : column + 1;
  }
  return column;
}

void Parser::take_line(std::size_t line) {
  indent_ = indent_of(line);
  close_blocks();
  for (bool is_first = true; !at_line_end(); is_first = false) {
    if (!take_op(";") && !(is_first && take_clause())) take_statement();
  }
  ++at_;
}

void Parser::close_blocks() {
  auto& last = open_.back();
  if (last.is_pending && indent_ > last.header_indent) {
    last.is_pending = false;
    last.indent = indent_;
  } else {
    if (last.is_pending) close_block();
    while (open_.size() > 1 && (open_.back().is_inline || indent_ < open_.back().indent)) close_block();
  }
  scope_ = syntax_.blocks[open_.back().block].scope;
}

void Parser::close_block() {
  syntax_.blocks[open_.back().block].close = at_;
  open_.pop_back();
}

Node Parser::add_statement(StatementKind kind, Node begin, Node token) {
  statement_ = static_cast<Node>(syntax_.statements.size());
  syntax_.statements.push_back(
      {.kind = kind, .token = token, .begin = begin, .end = begin, .block = open_.back().block});
  open_.back().last_statement = statement_;
  return statement_;
}

// Reads on from what is understood of a header.
void Parser::open_block(Block::Kind kind, Node begin, Siblings head, Node name, Node scope) {
  take_rest_of_line(head, true);
  take_op(":");
  const auto statement = open_.back().last_statement;
  const auto block = static_cast<Node>(syntax_.blocks.size());
  syntax_.blocks.push_back({.kind = kind,
                            .statement = statement,
                            .begin = begin,
                            .end = at_,
                            .first = head.first,
                            .token = name,
                            .scope = scope});
  if (syntax_.statements[statement].first_block == no_node) {
    syntax_.statements[statement].first_block = block;
    syntax_.statements[statement].end = at_;
  } else {
    syntax_.blocks[open_.back().last_block].next = block;
  }
  open_.back().last_block = block;
  open_.push_back({.block = block,
                   .header_indent = indent_,
                   .indent = indent_ + 1,
                   .is_pending = at_line_end(),
                   .is_inline = !at_line_end()});
  scope_ = scope;
}

bool Parser::take_clause() {
  const auto* const clause = std::ranges::find_if(clauses, [this](const auto& c) { return word(c.word); });
  if (clause == clauses.end()) return false;
  const auto begin = at_++;
  statement_ = open_.back().last_statement;
  if (statement_ == no_node || !has_clauses(syntax_.statements[statement_].kind))
    add_statement(StatementKind::unknown, begin);
  Siblings head;
  Node name = no_node;
  if (clause->kind == Block::Kind::except) {
    take_op("*");
    if (begins_expression(at_)) append(head, expression_list());
    if (take_word("as") && is_bound_name(at_)) name = at_++;
  }
  open_block(clause->kind, begin, head, name, scope_);
  return true;
}

void Parser::take_statement() {
  if (!take_compound()) take_simple();
}

bool Parser::take_compound() {
  const auto begin = at_;
  const bool is_async = word("async") && is_kind(at_ + 1, Token::Kind::name);
  const auto first = is_async ? begin + 1 : begin;
  const auto* const keyword = std::ranges::find_if(
      compound_statements, [&](const auto& k) { return source_.is_name(first, k.word); });
  if (keyword == compound_statements.end()) {
    const auto match = syntax_.blocks[open_.back().block].statement;
    if (!word("case") || match == no_node || syntax_.statements[match].kind != StatementKind::match)
      return false;
    take_case();
    return true;
  }
  if (keyword->kind == StatementKind::match && !is_match()) return false;
  at_ = first + 1;
  if (keyword->kind <= StatementKind::match) {
    add_statement(keyword->kind, begin);
    open_block(Block::Kind::body, begin, header(keyword->kind), no_node, scope_);
  } else {
    take_definition(keyword->kind, begin);
  }
  return true;
}

Parser::Siblings Parser::header(StatementKind kind) {
  Siblings head;
  if (kind == StatementKind::for_) {
    append(head, target_list());
    if (take_word("in")) append(head, expression_list());
  } else if (kind == StatementKind::with) {
    take_with_items(head);
  } else if (kind != StatementKind::try_) {
    append(head, kind == StatementKind::match ? expression_list() : named_expression());
  }
  return head;
}

// Round brackets around all items belong to the statement.
void Parser::take_with_items(Siblings& head) {
  const bool in_brackets = op("(") && source_.is_op(source_.tokens[at_].partner + 1, ":");
  const auto close = in_brackets ? source_.tokens[at_].partner : no_node;
  if (in_brackets) ++at_;
  do {
    const auto begin = at_;
    Siblings parts;
    append(parts, element());
    if (take_word("as")) append(parts, target());
    append(head, add(Kind::with_item, begin, begin, parts));
  } while (take_op(",") && at_ != close);
  if (!in_brackets) return;
  take_rest(close, head);
  ++at_;
}

// A function's defaults and annotations, and a class's bases, are in the scope around.
void Parser::take_definition(StatementKind kind, Node begin) {
  const bool is_function = kind == StatementKind::function;
  const auto name = is_bound_name(at_) ? at_++ : at_ - 1;
  add_statement(kind, begin, name);
  const auto scope = add_scope(is_function ? Scope::Kind::function : Scope::Kind::class_, name);
  Siblings head;
  if (op("[")) at_ = source_.tokens[at_].partner + 1;  // of types
  if (op("(") && is_function) {
    const auto close = source_.tokens[at_++].partner;
    take_parameters(scope, false, head);
    take_rest(close, head);
    ++at_;
  } else if (op("(")) {
    take_arguments(head);
  }
  if (take_op("->")) append(head, expression_list());
  open_block(Block::Kind::body, begin, head, no_node, scope);
}

// `match` begins a statement if the line ends in a colon and the next one begins with `case`.
bool Parser::is_match() const {
  if (!begins_expression(at_ + 1)) return false;
  auto end = at_ + 1;
  while (!is_kind(end, Token::Kind::newline) && !source_.is_op(end, ";"))
    end = opens(end) ? source_.tokens[end].partner + 1 : end + 1;
  return source_.is_op(end - 1, ":") && is_kind(end, Token::Kind::newline) &&
         source_.is_name(end + 1, "case");
}

void Parser::take_case() {
  const auto begin = at_++;
  add_statement(StatementKind::case_, begin);
  Siblings head;
  is_pattern_ = true;
  append(head, expression_list());
  is_pattern_ = false;
  if (take_word("if")) append(head, named_expression());
  open_block(Block::Kind::body, begin, head, no_node, scope_);
}

void Parser::take_simple() {
  const auto begin = at_;
  const auto statement = add_statement(StatementKind::expression, begin);
  Siblings parts;
  const auto* const keyword =
      std::ranges::find_if(simple_statements, [this](const auto& k) { return word(k.word); });
  const bool is_type = word("type") && is_bound_name(at_ + 1);
  auto kind = keyword == simple_statements.end() || (word("type") && !is_type)
                  ? take_expression_statement(parts)
                  : take_keyword_statement(keyword->kind, parts);
  take_rest_of_line(parts, false);
  syntax_.statements[statement].kind = kind;
  syntax_.statements[statement].first = parts.first;
  syntax_.statements[statement].end = at_;
}

Parser::StatementKind Parser::take_keyword_statement(StatementKind kind, Siblings& parts) {
  ++at_;
  if (kind >= StatementKind::import && kind <= StatementKind::continue_) {
    while (!at_statement_end()) at_ = opens(at_) ? source_.tokens[at_].partner + 1 : at_ + 1;
  } else if (kind == StatementKind::type_alias) {
    append(parts, atom());
    if (op("[")) at_ = source_.tokens[at_].partner + 1;
    if (take_op("=")) append(parts, expression());
  } else if (!at_statement_end()) {
    append(parts, expression_list());
    if (kind == StatementKind::raise && take_word("from")) append(parts, expression());
  }
  return kind;
}

Parser::StatementKind Parser::take_expression_statement(Siblings& parts) {
  if (take_op("@")) return append(parts, named_expression()), StatementKind::decorator;
  append(parts, expression_list());
  if (op("=")) {
    while (take_op("=")) append(parts, expression_list());
    return StatementKind::assign;
  }
  if (take_op(":")) {
    append(parts, expression());
    if (take_op("=")) append(parts, expression_list());
    return StatementKind::annotated;
  }
  if (!is_kind(at_, Token::Kind::op) || !is_augmented(source_.text_of(source_.tokens[at_])))
    return StatementKind::expression;
  syntax_.statements[statement_].token = at_++;
  append(parts, expression_list());
  return StatementKind::augmented;
}

void Parser::take_rest_of_line(Siblings& parts, bool stops_at_colon) {
  while (!at_statement_end() && !(stops_at_colon && op(":"))) {
    const auto before = at_;
    append(parts, element());
    if (at_ == before) ++at_;
  }
}

}  // namespace wheelfix::python
