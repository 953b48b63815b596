#include "python/string_literals.hpp"

namespace wheelfix::python {
namespace {

using Kind = Token::Kind;

bool begins_literal(const Token& token) {
  return token.kind == Kind::string || token.kind == Kind::format_start;
}

// Literal parts unchanged and `*` for each field; what is in fields is skipped.
void append_format(std::string& out, const Source& source, std::size_t start) {
  const auto form = literal_form(source, source.tokens[start]);
  const std::size_t end = source.tokens[start].partner;
  for (std::size_t i = start + 1; i < end; ++i) {
    const auto& token = source.tokens[i];
    if (token.kind == Kind::format_text) {
      append_value(out, source, form, token.begin, token.end);
    } else {
      out += '*';
      i = token.partner;
    }
  }
}

LiteralKind kind_of(const Source& source, std::size_t token) {
  return literal_form(source, source.tokens[token]).kind;
}

// Whether this part of a literal has one before it.
bool continues_literal(const Source& source, std::size_t token) {
  if (token == 0) return false;
  const auto& before = source.tokens[token - 1];
  if (before.kind == Kind::format_end) return kind_of(source, token) == LiteralKind::text;
  return before.kind == Kind::string && kind_of(source, token - 1) == kind_of(source, token);
}

}  // namespace

StringLiteral read_literal(const Source& source, std::size_t token) {
  StringLiteral literal;
  const auto& first = source.tokens[token];
  literal.begin = first.begin;
  literal.kind = literal_form(source, first).kind;
  for (auto i = token; begins_literal(source.tokens[i]); ++i) {
    const auto form = literal_form(source, source.tokens[i]);
    if (form.kind != literal.kind) break;
    if (form.format) {
      append_format(literal.value, source, i);
      i = source.tokens[i].partner;
      literal.is_format = true;
    } else {
      append_value(literal.value, source, form, form.body_begin, form.body_end);
    }
    literal.end = source.tokens[i].end;
  }
  return literal;
}

std::vector<StringLiteral> string_literals(const Source& source) {
  std::vector<StringLiteral> literals;
  for (std::size_t i = 0; i < source.tokens.size(); ++i) {
    if (begins_literal(source.tokens[i]) && !continues_literal(source, i))
      literals.push_back(read_literal(source, i));
  }
  return literals;
}

}  // namespace wheelfix::python
