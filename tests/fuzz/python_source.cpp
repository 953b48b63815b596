// The input is a file of Python code. What is read of it lies within it and in order, and a statement can be
// inserted where it should go.
#include <wheelfix/error.hpp>

#include "fuzz/check.hpp"
#include "python/import_place.hpp"
#include "python/import_steps.hpp"
#include "python/library_loads.hpp"
#include "python/string_literals.hpp"

using namespace wheelfix;

namespace {

void check_tokens(const python::Source& source) {
  using Kind = python::Token::Kind;
  std::size_t behind = source.code_begin;
  for (std::size_t i = 0; i < source.tokens.size(); ++i) {
    const auto& token = source.tokens[i];
    CHECK_PROPERTY(token.begin >= behind && token.end >= token.begin && token.end <= source.text.size());
    CHECK_PROPERTY(token.begin < token.end || token.kind == Kind::newline || token.kind == Kind::end);
    CHECK_PROPERTY((token.kind == Kind::end) == (i + 1 == source.tokens.size()));
    behind = token.end;
    if (token.partner == python::Token::no_partner) continue;
    CHECK_PROPERTY(token.partner < source.tokens.size() && source.tokens[token.partner].partner == i);
  }
}

// Statements come in order and cover the code, and what holds something comes before it.
void check_tree(const python::Syntax& syntax) {
  python::Node behind = 0;
  for (std::size_t i = 0; i < syntax.statements.size(); ++i) {
    const auto& statement = syntax.statements[i];
    CHECK_PROPERTY(statement.begin >= behind && statement.end > statement.begin);
    behind = statement.end;
    const auto& block = syntax.blocks.at(statement.block);
    CHECK_PROPERTY(block.close >= statement.end && block.end <= statement.begin);
    CHECK_PROPERTY(statement.block == 0 || block.statement < i);
  }
  for (std::size_t i = 1; i < syntax.scopes.size(); ++i) CHECK_PROPERTY(syntax.scopes[i].parent < i);
  for (const auto& node : syntax.expressions) {
    CHECK_PROPERTY(node.begin <= node.end && node.end < syntax.source.tokens.size());
    CHECK_PROPERTY(node.statement < syntax.statements.size() && node.scope < syntax.scopes.size());
    for (auto child = node.first; child != python::no_node; child = syntax.expressions.at(child).next)
      CHECK_PROPERTY(syntax.expressions[child].end <= node.end);
  }
}

void check_place(const python::Source& source) {
  const auto place = python::import_place(source);
  CHECK_PROPERTY(place.offset >= source.code_begin && place.offset <= source.text.size());
  std::string changed(source.text);
  changed.insert(place.offset, place.before + "import probe" + place.after);
  const auto tokens = python::read_source(changed, "fuzz.py").tokens;
  const bool within_line = place.after == "; ";
  CHECK_PROPERTY(tokens.size() == source.tokens.size() + 3 ||
                 (!within_line && tokens.size() == source.tokens.size() + 2));
}

/// Modules have absolute names.
void check_imports(const python::Syntax& syntax) {
  for (const auto& step : python::import_steps(syntax, "demo/fuzz.py", {}))
    CHECK_PROPERTY(!step.module.starts_with('.'));
  for (const auto& written : python::written_imports(syntax, "demo/fuzz.py"))
    CHECK_PROPERTY(!written.module.starts_with('.'));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto syntax = python::read_syntax(as_text(data, size), "fuzz.py");
    const auto& source = syntax.source;
    check_tokens(source);
    check_tree(syntax);
    check_place(source);
    check_imports(syntax);
    for (const auto& load : python::library_loads(syntax, "demo/fuzz.py"))
      CHECK_PROPERTY(load.begin < source.text.size() && !(load.is_complete && load.names.empty()));
    for (const auto& literal : python::string_literals(source))
      CHECK_PROPERTY(literal.begin < literal.end && literal.end <= source.text.size());
  } catch (const Error& error) {
    CHECK_PROPERTY(error.code() == ErrorCode::bad_python);
    CHECK_PROPERTY(error.subject().starts_with("fuzz.py:"));
    CHECK_PROPERTY(!error.message().empty() && !error.hint().empty());
  }
  return 0;
}
