#pragma once

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "python/syntax.hpp"

namespace wheelfix::python {

/// Fills in the tree of a syntax whose source is set. Blocks are on a stack of their own; only brackets,
/// fields and lambdas recurse, and no deeper than CPython lets them.
class Parser {
 public:
  explicit Parser(Syntax& syntax) : syntax_(syntax), source_(syntax.source) {}

  void run();

 private:
  using Kind = Expression::Kind;
  using StatementKind = Statement::Kind;

  struct Siblings {
    Node first = no_node, last = no_node;
  };
  struct OpenBlock {
    Node block = 0;
    std::size_t header_indent = 0;
    std::size_t indent = 0;
    bool is_pending = false;  ///< its first line decides the indent
    bool is_inline = false;   ///< it is in the header's line
    Node last_statement = no_node;
    Node last_block = no_node;  ///< of that
  };

  // Statements.
  std::size_t indent_of(std::size_t line) const;
  void take_line(std::size_t line);
  void close_blocks();
  void close_block();
  void open_block(Block::Kind kind, Node begin, Siblings head, Node name, Node scope);
  Node add_statement(StatementKind kind, Node begin, Node token = no_node);
  void take_statement();
  bool take_clause();
  bool take_compound();
  Siblings header(StatementKind kind);
  void take_with_items(Siblings& head);
  void take_definition(StatementKind kind, Node begin);
  bool is_match() const;
  void take_case();
  void take_simple();
  StatementKind take_keyword_statement(StatementKind kind, Siblings& parts);
  StatementKind take_expression_statement(Siblings& parts);
  void take_rest_of_line(Siblings& parts, bool stops_at_colon);

  // Expressions.
  Node expression_list();
  Node target_list();
  Node target();
  Node element();
  Node named_expression();
  Node expression();
  Node operand();
  Node skipped();
  Node lambda();
  Node yield();
  Node disjunction();
  Node inversion();
  Node comparison();
  Node sum();
  Node unary();
  Node primary();
  Node postfix();
  Node atom();
  Node literal();
  void take_field_or_token(Siblings& fields);
  Node brackets();
  Kind take_braces(Node close, Siblings& parts);
  Node comprehension(Node opening);
  Node call(Node function);
  void take_arguments(Siblings& parts);
  Node subscript(Node object);
  Node index(Node close);
  void take_parameters(Node scope, bool is_lambda, Siblings& annotations);
  void take_parameter(Node scope, bool is_lambda, Siblings& parameters, Siblings& annotations);
  void take_rest(Node end, Siblings& parts);

  /// Operands with operators between them, or a single one.
  template <typename Operand, typename TakeOperator>
  Node chain(Kind kind, Operand operand, TakeOperator take_operator) {
    const auto begin = at_;
    Siblings parts;
    append(parts, operand());
    if (!take_operator()) return parts.first;
    do append(parts, operand());
    while (take_operator());
    return add(kind, begin, begin, parts);
  }
  /// A tuple if there is a comma.
  template <typename Part>
  Node with_commas(Part part) {
    const auto begin = at_;
    Siblings parts;
    append(parts, part());
    if (!op(",")) return parts.first;
    while (take_op(",") && begins_expression(at_)) append(parts, part());
    return add(Kind::tuple, begin, begin, parts);
  }

  // Nodes and tokens.
  Node add(Kind kind, Node begin, Node token, const Siblings& children);
  Node add(Kind kind, Node begin, Node token) { return add(kind, begin, token, {}); }
  Node wrap(Kind kind, Node begin, Node token, Node child) { return add(kind, begin, token, {child, child}); }
  Node add_scope(Scope::Kind kind, Node token);
  void append(Siblings& list, Node node);
  bool op(std::string_view text) const { return source_.is_op(at_, text); }
  bool word(std::string_view text) const { return source_.is_name(at_, text); }
  bool take_op(std::string_view text) { return op(text) && (++at_, true); }
  template <std::size_t N>
  bool take_one_of(const std::array<std::string_view, N>& ops) {
    if (!is_kind(at_, Token::Kind::op)) return false;
    return std::ranges::find(ops, source_.text_of(source_.tokens[at_])) != ops.end() && (++at_, true);
  }
  bool take_word(std::string_view text) { return word(text) && (++at_, true); }
  bool is_kind(Node token, Token::Kind kind) const { return source_.tokens[token].kind == kind; }
  bool at_line_end() const { return is_kind(at_, Token::Kind::newline) || is_kind(at_, Token::Kind::end); }
  bool at_statement_end() const { return at_line_end() || op(";"); }
  bool begins_expression(Node token) const;
  bool is_bound_name(Node token) const;
  bool opens(Node token) const;
  bool has_direct(Node opening, std::string_view word) const;

  static constexpr unsigned deepest_node = 400;  ///< two for each bracket, of which CPython takes 200

  Syntax& syntax_;
  const Source& source_;
  Node at_ = 0;
  std::size_t indent_ = 0;  ///< of the line
  Node scope_ = 0;
  Node statement_ = no_node;
  unsigned depth_ = 0;
  bool is_pattern_ = false;  ///< of a case
  std::vector<OpenBlock> open_;
};

}  // namespace wheelfix::python
