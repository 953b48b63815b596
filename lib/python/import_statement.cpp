#include "python/import_statement.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "python/caught_errors.hpp"

namespace wheelfix::python {
namespace {

/// Whether an `if` asks for a module that isn't loaded, as code asks whether Sphinx runs it.
bool asks_for_absent_module(const Syntax& syntax, const Statement& statement) {
  const auto& source = syntax.source;
  const auto end = syntax.blocks[statement.first_block].end;
  for (auto token = statement.begin; token + 4 < end; ++token)
    if (source.is_name(token, "not") && source.is_name(token + 1, "in") && source.is_name(token + 2, "sys") &&
        source.is_op(token + 3, ".") && source.is_name(token + 4, "modules"))
      return true;
  return false;
}

/// Whether one of the block's own statements raises, whatever happens, or unless a module is loaded.
bool ends_by_raising(const Syntax& syntax, Node block) {
  const auto& place = syntax.blocks[block];
  auto at = std::ranges::lower_bound(syntax.statements, place.end, {}, &Statement::begin);
  for (; at != syntax.statements.end() && at->begin < place.close; ++at) {
    if (at->block != block) continue;
    if (at->kind == Statement::Kind::raise) return true;
    if (at->kind == Statement::Kind::if_ && asks_for_absent_module(syntax, *at) &&
        ends_by_raising(syntax, at->first_block))
      return true;
  }
  return false;
}

/// The first clause for one of these errors; no_node if there is none.
template <std::size_t N>
Node clause_for(const Syntax& syntax, const Statement& statement,
                const std::array<std::string_view, N>& errors) {
  for (auto i = statement.first_block; i != no_node; i = syntax.blocks[i].next) {
    const auto& block = syntax.blocks[i];
    if (block.kind != Block::Kind::except) continue;
    if (block.first == no_node || mentions(syntax, block, errors)) return i;
  }
  return no_node;
}

template <std::size_t N>
bool catches(const Syntax& syntax, const Statement& statement,
             const std::array<std::string_view, N>& errors) {
  if (statement.kind == Statement::Kind::with) {
    const auto& header = syntax.blocks[statement.first_block];
    return mentions(syntax, header, suppressing) && mentions(syntax, header, errors);
  }
  if (statement.kind != Statement::Kind::try_) return false;
  const auto clause = clause_for(syntax, statement, errors);
  return clause != no_node && !ends_by_raising(syntax, clause);
}

}  // namespace

std::optional<std::string> absolute_module(std::string_view module, std::string_view path) {
  const auto level = std::min(module.find_first_not_of('.'), module.size());
  if (level == 0) return std::string(module);
  auto folder = folder_part(path);
  if (folder.empty()) return std::nullopt;
  folder.remove_suffix(1);
  for (std::size_t i = 1; i < level; ++i) {
    const auto slash = folder.rfind('/');
    if (slash == folder.npos) return std::nullopt;
    folder = folder.substr(0, slash);
  }
  std::string name(folder);
  std::ranges::replace(name, '/', '.');
  if (level < module.size()) (name += '.') += module.substr(level);
  return name;
}

std::vector<ImportedModule> modules_of(const Syntax& syntax, const Statement& statement,
                                       const std::string& path) {
  const auto& source = syntax.source;
  const bool is_from = statement.kind == Statement::Kind::import_from;
  std::vector<ImportedModule> modules;
  std::string name;
  auto token = statement.begin + 1;
  const auto read_name = [&] {
    name.clear();
    for (; token < statement.end && !source.is_op(token, ",") && !source.is_name(token, "as") &&
           !source.is_name(token, "import");
         ++token)
      name += syntax.text(token);
  };
  const auto skip_to_comma = [&] {
    while (token < statement.end && !source.is_op(token, ",")) ++token;
  };
  if (!is_from) {
    for (; token < statement.end; ++token) {
      read_name();
      if (!name.empty()) modules.push_back({name, {}});
      skip_to_comma();
    }
    return modules;
  }
  read_name();
  auto module = absolute_module(name, path);
  if (!module) return modules;
  modules.push_back({std::move(*module), {}});
  for (++token; token < statement.end; ++token) {
    if (source.tokens[token].kind != Token::Kind::name) continue;
    modules.front().names.push_back(syntax.name(token));
    skip_to_comma();
  }
  return modules;
}

bool catches_import_error(const Syntax& syntax, const Statement& statement) {
  return catches(syntax, statement, import_errors);
}

bool catches_os_error(const Syntax& syntax, const Statement& statement) {
  return catches(syntax, statement, os_errors);
}

Node catching_clause(const Syntax& syntax, const Statement& statement) {
  const auto clause = clause_for(syntax, statement, import_errors);
  return clause != no_node ? clause : clause_for(syntax, statement, os_errors);
}

}  // namespace wheelfix::python
