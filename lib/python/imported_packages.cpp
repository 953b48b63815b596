#include "python/imported_packages.hpp"

namespace wheelfix::python {

std::set<std::string> imported_packages(const Syntax& syntax) {
  const auto& source = syntax.source;
  std::set<std::string> packages;
  for (const auto& statement : syntax.statements) {
    const bool is_from = statement.kind == Statement::Kind::import_from;
    if (statement.block != 0 || (!is_from && statement.kind != Statement::Kind::import)) continue;
    for (auto token = statement.begin; token < statement.end; ++token) {
      const bool begins = token == statement.begin || source.is_op(token, ",");
      if (begins && source.tokens[token + 1].kind == Token::Kind::name)
        packages.insert(syntax.name(token + 1));
      if (is_from) break;
    }
  }
  return packages;
}

}  // namespace wheelfix::python
