// Reads Python sources for the tests in Python: one file name per line on stdin, one answer per line on
// stdout, in JSON. Text is written like Latin-1 reads its bytes, so that no byte is lost.
#include <array>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <wheelfix/error.hpp>

#include "base/file.hpp"
#include "python/bindings.hpp"
#include "python/import_place.hpp"
#include "python/import_steps.hpp"
#include "python/library_loads.hpp"
#include "python/string_literals.hpp"

using namespace wheelfix;
using nlohmann::json;

namespace {

std::string as_latin1(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) python::append_utf8(text, static_cast<unsigned char>(c));
  return text;
}

json tokens_of(const python::Source& source) {
  constexpr std::array kinds = {"name",       "number", "string",  "format_start", "format_text",
                                "format_end", "op",     "newline", "end"};
  json tokens = json::array();
  for (const auto& token : source.tokens)
    tokens.push_back({kinds.at(static_cast<std::size_t>(token.kind)), token.begin, token.end});
  return tokens;
}

json literals_of(const python::Source& source) {
  json literals = json::array();
  for (const auto& literal : python::string_literals(source))
    literals.push_back({{"begin", literal.begin},
                        {"end", literal.end},
                        {"bytes", literal.kind == python::LiteralKind::bytes},
                        {"format", literal.is_format},
                        {"value", as_latin1(literal.value)}});
  return literals;
}

json statements_of(const python::Syntax& syntax) {
  constexpr std::array kinds = {
      "unknown", "Expr",     "Assign",    "AugAssign",  "AnnAssign",   "Return",   "Raise",
      "Delete",  "Assert",   "Import",    "ImportFrom", "Global",      "Nonlocal", "Pass",
      "Break",   "Continue", "TypeAlias", "decorator",  "If",          "While",    "For",
      "Try",     "With",     "Match",     "match_case", "FunctionDef", "ClassDef"};
  constexpr std::array clauses = {"body", "elif", "else", "except", "finally"};
  std::vector<int> numbers(syntax.blocks.size());  // of a statement's clauses
  for (const auto& statement : syntax.statements) {
    int number = 0;
    for (auto i = statement.first_block; i != python::no_node; i = syntax.blocks[i].next)
      numbers[i] = number++;
  }
  json statements = json::array();
  for (const auto& statement : syntax.statements) {
    const auto& block = syntax.blocks[statement.block];
    statements.push_back({kinds.at(static_cast<std::size_t>(statement.kind)),
                          syntax.source.tokens[statement.begin].begin,
                          syntax.source.tokens[statement.end - 1].end,
                          statement.block == 0 ? -1 : static_cast<int>(block.statement),
                          numbers[statement.block], clauses.at(static_cast<std::size_t>(block.kind))});
  }
  return statements;
}

// Each scope with the names that live in it.
json scopes_of(const python::Syntax& syntax) {
  constexpr std::array kinds = {"module", "function", "class", "lambda", "comprehension"};
  const python::Bindings bindings(syntax);
  std::vector<std::set<std::string>> names(syntax.scopes.size());
  std::set<std::string_view> words;
  for (const auto& token : syntax.source.tokens) {
    const auto word = syntax.source.text_of(token);
    if (token.kind != python::Token::Kind::name || !words.insert(word).second) continue;
    for (const auto& binding : bindings.all(std::string(word)))
      names.at(binding.scope).insert(as_latin1(word));
  }
  json scopes = json::array();
  for (python::Node i = 0; i < syntax.scopes.size(); ++i) {
    const auto& scope = syntax.scopes[i];
    const auto begin = scope.token == python::no_node ? 0 : syntax.source.tokens[scope.token].begin;
    const bool is_named =
        scope.kind == python::Scope::Kind::function || scope.kind == python::Scope::Kind::class_;
    scopes.push_back({kinds.at(static_cast<std::size_t>(scope.kind)),
                      is_named ? as_latin1(syntax.name(scope.token)) : "", begin, scope.parent, names[i]});
  }
  return scopes;
}

json loads_of(const python::Syntax& syntax, const std::string& file) {
  json loads = json::array();
  for (const auto& load : python::library_loads(syntax, file)) {
    json names = json::array();
    for (const auto& name : load.names) names.push_back({as_latin1(name.text), name.in_wheel});
    loads.push_back({{"begin", load.begin},
                     {"function", load.function},
                     {"names", names},
                     {"complete", load.is_complete},
                     {"caught", load.is_caught},
                     {"there", load.is_for_file_there},
                     {"on_import", load.on_import}});
  }
  return loads;
}

/// Modules, and what may be modules in them, without what is done if an import fails.
void list_imports(const python::ImportSteps& steps, json& modules) {
  for (const auto& step : steps) {
    if (step.kind == python::ImportStep::Kind::import) modules.push_back(as_latin1(step.module));
    for (const auto& name : step.names) modules.push_back(as_latin1(step.module + "." + name));
    list_imports(step.body, modules);
  }
}

/// Those of a file in a package that is on its own.
json imports_of(const python::Syntax& syntax, const std::filesystem::path& file) {
  json modules = json::array();
  const auto path = file.parent_path().filename() / file.filename();
  list_imports(python::import_steps(syntax, path.string(), {}), modules);
  return modules;
}

json answer(const std::string& file) {
  const auto text = read_file(file);
  const auto syntax = python::read_syntax(text, file);
  const auto& source = syntax.source;
  const auto place = python::import_place(source);
  return {{"place", {{"offset", place.offset}, {"before", place.before}, {"after", place.after}}},
          {"tokens", tokens_of(source)},
          {"statements", statements_of(syntax)},
          {"scopes", scopes_of(syntax)},
          {"literals", literals_of(source)},
          {"imports", imports_of(syntax, file)},
          {"loads", loads_of(syntax, std::filesystem::path(file).filename())}};
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    json reply;
    try {
      reply = answer(line);
    } catch (const Error& error) {
      reply = {{"error", error.what()}, {"hint", error.hint()}};
    }
    std::cout << reply.dump(-1, ' ', false, json::error_handler_t::replace) << std::endl;
  }
}
