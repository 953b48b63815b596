#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "python/source.hpp"

namespace wheelfix::python {

/// An index into one of the lists of a Syntax, or of a token.
using Node = std::uint32_t;
constexpr Node no_node = UINT32_MAX;

struct Expression {
  enum class Kind : std::uint8_t {
    unknown,  ///< what isn't understood, or is nested deeper than CPython allows
    name,     ///< None, True and False too
    number,
    string,     ///< literals that are side by side; children: the fields of f-strings
    field,      ///< of an f-string: its expression, then the fields of its specification
    attribute,  ///< an object; `token` is the attribute's name
    call,       ///< a function, then its arguments
    subscript,  ///< an object, then its index
    slice,
    keyword,      ///< the value of an argument `name=VALUE`; `token` is the name
    star,         ///< `*x`, or `**x`
    assignment,   ///< the value of `name := VALUE`; `token` is the name
    pattern,      ///< what `as name` follows in a `case`; `token` is the name
    conditional,  ///< `a if b else c if d else e`: a to e in their order
    boolean,      ///< the operands of `or` and `and`
    comparison,   ///< the operands of comparisons, and of operators on bits
    sum,          ///< operands; before each but the first is its operator, the token `begin - 1`
    product,      ///< the same
    unary,        ///< operands of `-`, `+`, `~`, `not`, `**`
    await,
    yield,   ///< `yield from` too; its value, if it has one
    lambda,  ///< its body, which is in a scope of its own
    tuple,
    list,
    set,
    dictionary,      ///< keys and values in turn; `**x` is a star between them
    comprehension,   ///< one element, or a key and a value, then iterations and conditions; `token`: its
                     ///< bracket
    iteration,       ///< `for TARGET in ITERABLE`
    parameter,       ///< of a function or lambda: its default, if it has one; `token` is its name
    star_parameter,  ///< `*args`, `**options`; without a `token`: `*`
    with_item,       ///< a context, and what `as` names
  };

  Kind kind = Kind::unknown;
  Node token = no_node;      ///< that identifies it: of a name the name, of a call the bracket
  Node begin = 0;            ///< its first token, round brackets around it included
  Node end = 0;              ///< the token after its last
  Node first = no_node;      ///< child
  Node next = no_node;       ///< sibling
  Node scope = 0;            ///< in which its names are looked up
  Node statement = no_node;  ///< that it is part of
};

struct Statement {
  enum class Kind : std::uint8_t {
    unknown,
    expression,
    assign,     ///< targets, then the value
    augmented,  ///< `x += y`: target and value; `token` is the operator
    annotated,  ///< target, annotation, and the value, if it has one
    return_,
    raise,
    delete_,
    assert_,
    import,
    import_from,
    global,
    nonlocal,
    pass,
    break_,
    continue_,
    type_alias,  ///< `type X = ...`: name and value
    decorator,   ///< it belongs to the statement after it
    // With blocks:
    if_,
    while_,
    for_,
    try_,
    with,
    match,  ///< its body holds a case_ statement for each case
    case_,  ///< header: the pattern, and the guard
    function,
    class_,
  };

  Kind kind = Kind::unknown;
  Node token = no_node;  ///< of function and class: the name
  Node begin = 0;        ///< its first token
  Node end = 0;          ///< the token after its last; with blocks, the one after the first colon
  Node first = no_node;  ///< expression, if it has no blocks
  Node block = 0;        ///< that it is in
  Node first_block = no_node;
};

/// The statements below a header: a clause of a compound statement, or, as the first, the module.
struct Block {
  enum class Kind : std::uint8_t { body, elif, else_, except, finally };

  Kind kind = Kind::body;
  Node statement = no_node;  ///< that it belongs to
  Node begin = 0, end = 0;   ///< the header's tokens
  Node close = 0;            ///< the token after the last of its statements
  Node first = no_node;      ///< expression of the header: condition, target and iterable, defaults, bases
  Node token = no_node;      ///< the name that `except E as name` binds
  Node next = no_node;       ///< the next clause of the statement
  Node scope = 0;
};

/// Where names live.
struct Scope {
  enum class Kind : std::uint8_t { module, function, class_, lambda, comprehension };

  Kind kind = Kind::module;
  Node parent = 0;
  Node token = no_node;       ///< of function and class the name, else what begins it
  Node parameters = no_node;  ///< the first
  Node statement = no_node;   ///< that it is of, or in
  bool is_generator = false;
};

/// A file of Python code as a tree, in lists. Statements, blocks and scopes are in the file's order, parents
/// before what they contain, and calls in that of their brackets: a query about all of them is a loop.
struct Syntax {
  Source source;
  std::vector<Expression> expressions;
  std::vector<Statement> statements;
  std::vector<Block> blocks;  ///< the first is the module
  std::vector<Scope> scopes;  ///< the first is the module

  std::string_view text(Node token) const { return source.text_of(source.tokens[token]); }
  std::string name(Node token) const { return std::string(text(token)); }
  bool is_name(Node expression, std::string_view name) const {
    return expressions[expression].kind == Expression::Kind::name &&
           text(expressions[expression].token) == name;
  }
  /// `a.b.c`; nothing if the expression is neither a name nor a name with attributes, or has too many of
  /// them.
  std::string dotted_name(Node expression) const;
  std::vector<Node> children(const Expression& expression) const { return siblings(expression.first); }
  std::vector<Node> siblings(Node first) const;
};

/// Reads a file once for all queries, in time linear in its size. Grammar that isn't Python 3's, or that is
/// newer than this code, gives unknown statements and expressions, with what is understood within them.
/// Source: The Python Language Reference, chapters 6 to 8. Throws Error{bad_python} like read_source.
Syntax read_syntax(std::string_view text, const std::string& subject);

}  // namespace wheelfix::python
