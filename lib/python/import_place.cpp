#include "python/import_place.hpp"

#include <optional>

#include "python/literal_value.hpp"

namespace wheelfix::python {
namespace {

using Kind = Token::Kind;

// A simple statement that may come before an import, from its first token to the one that ends it: a
// newline or a semicolon.
std::size_t statement_end(const Source& source, std::size_t token) {
  while (source.tokens[token].kind != Kind::newline && !source.is_op(token, ";")) ++token;
  return token;
}

// A literal without f-strings and bytes that is a statement of its own, in brackets or not.
bool is_docstring(const Source& source, std::size_t token) {
  std::size_t brackets = 0;
  for (; source.is_op(token, "("); ++token) ++brackets;
  const auto first = token;
  for (; source.tokens[token].kind == Kind::string; ++token) {
    if (literal_form(source, source.tokens[token]).kind == LiteralKind::bytes) return false;
  }
  if (token == first) return false;
  for (; brackets > 0 && source.is_op(token, ")"); ++token) --brackets;
  return brackets == 0 && (source.tokens[token].kind == Kind::newline || source.is_op(token, ";"));
}

bool is_future_import(const Source& source, std::size_t token) {
  if (!source.is_name(token, "from")) return false;
  ++token;
  while (source.is_op(token, ".") || source.is_op(token, "...")) ++token;
  return source.is_name(token, "__future__") && source.is_name(token + 1, "import");
}

// The last token of what must come first, or nothing.
std::optional<std::size_t> end_of_head(const Source& source) {
  std::optional<std::size_t> end;
  std::size_t token = 0;
  const auto pass = [&] {
    end = statement_end(source, token);
    token = *end + 1;
    // A semicolon at the end of a line.
    if (source.tokens[*end].kind == Kind::op && source.tokens[token].kind == Kind::newline) end = token++;
  };
  if (is_docstring(source, token)) pass();
  while (is_future_import(source, token)) pass();
  return end;
}

std::string line_end_of(const Source& source) {
  const auto at = source.text.find_first_of("\r\n");
  if (at == std::string_view::npos) return "\n";
  return std::string(source.text.substr(at, line_end_length(source.text, at)));
}

ImportPlace whole_line_at(const Source& source, std::size_t offset) {
  const bool begins_line =
      offset == source.code_begin || source.text[offset - 1] == '\n' || source.text[offset - 1] == '\r';
  const auto line_end = line_end_of(source);
  return {offset, begins_line ? "" : line_end, line_end};
}

}  // namespace

ImportPlace import_place(const Source& source) {
  const auto head = end_of_head(source);
  if (!head) return whole_line_at(source, source.lines.empty() ? source.text.size() : source.lines.front());
  const auto& last = source.tokens[*head];
  if (last.begin == last.end) return {last.end, line_end_of(source), line_end_of(source)};  // the file's end
  if (last.kind == Kind::newline) return whole_line_at(source, last.end);
  return {source.tokens[*head + 1].begin, "", "; "};
}

}  // namespace wheelfix::python
