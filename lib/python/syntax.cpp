#include "python/syntax.hpp"

#include "python/parser.hpp"

namespace wheelfix::python {
namespace {

constexpr std::size_t most_attributes = 16;

}  // namespace

std::vector<Node> Syntax::siblings(Node first) const {
  std::vector<Node> all;
  for (auto node = first; node != no_node; node = expressions[node].next) all.push_back(node);
  return all;
}

std::string Syntax::dotted_name(Node expression) const {
  std::vector<Node> tokens;
  auto node = expression;
  for (; expressions[node].kind == Expression::Kind::attribute && tokens.size() < most_attributes;
       node = expressions[node].first)
    tokens.push_back(expressions[node].token);
  if (expressions[node].kind != Expression::Kind::name) return {};
  auto dotted = name(expressions[node].token);
  for (auto i = tokens.rbegin(); i != tokens.rend(); ++i) (dotted += '.') += text(*i);
  return dotted;
}

Syntax read_syntax(std::string_view text, const std::string& subject) {
  Syntax syntax;
  syntax.source = read_source(text, subject);
  Parser(syntax).run();
  return syntax;
}

}  // namespace wheelfix::python
