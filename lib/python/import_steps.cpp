#include "python/import_steps.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "base/text.hpp"
#include "python/bindings.hpp"
#include "python/calls.hpp"
#include "python/condition.hpp"
#include "python/evaluator.hpp"
#include "python/import_statement.hpp"
#include "python/level.hpp"

namespace wheelfix::python {
namespace {

constexpr unsigned deepest_nesting = 100;   // of blocks and of functions that call each other
constexpr std::size_t most_import_steps = 20'000;  // of one file
constexpr unsigned most_runs = 16;          // of one function

using StatementKind = Statement::Kind;

class StepFinder {
 public:
  StepFinder(const Syntax& syntax, const std::string& path, const PythonPlatform& platform)
      : syntax_(syntax),
        path_(path),
        bindings_(syntax),
        calls_(syntax, bindings_),
        evaluator_(syntax, bindings_, calls_, path),
        conditions_(syntax, bindings_, evaluator_, platform),
        children_(syntax.blocks.size()),
        calls_of_(syntax.statements.size()),
        runs_(syntax.scopes.size()) {
    for (Node i = 0; i < syntax.statements.size(); ++i) children_[syntax.statements[i].block].push_back(i);
    for (Node i = 0; i < syntax.expressions.size(); ++i) {
      const auto& node = syntax.expressions[i];
      if (node.kind == Expression::Kind::call && node.statement != no_node)
        calls_of_[node.statement].push_back(i);
    }
    if (mentions_library_loads(syntax.source.text)) find_loads(Callers::of_file);
  }

  ImportSteps run() {
    auto steps = block(0);
    append_definitions(steps);
    return steps;
  }

 private:
  void find_loads(Callers callers) {
    loads_.clear();
    for (auto& load : library_loads(syntax_, path_, callers)) loads_.emplace(load.call, std::move(load));
  }

  /// The functions that load libraries, or call such a function of the file.
  void append_definitions(ImportSteps& steps) {
    if (loads_.empty()) return;
    find_loads(Callers::any);
    std::ranges::fill(runs_, 0U);
    is_defining_ = true;
    ImportSteps all;
    for (const auto child : children_[0]) {
      const auto& statement = syntax_.statements[child];
      if (statement.kind == StatementKind::function)
        add(all, {.kind = ImportStep::Kind::define,
                  .names = {syntax_.name(statement.token)},
                  .body = block(statement.first_block)});
    }
    std::set<std::string> loading;
    for (std::size_t before = SIZE_MAX; before != loading.size();) {
      before = loading.size();
      for (const auto& step : all)
        if (loads(step.body, loading)) loading.insert(step.names.front());
    }
    std::ranges::copy_if(all, std::back_inserter(steps),
                         [&](const ImportStep& step) { return loading.contains(step.names.front()); });
  }

  bool loads(const ImportSteps& steps, const std::set<std::string>& loading) const {
    return std::ranges::any_of(steps, [&](const ImportStep& step) {
      const bool calls_loading = step.kind == ImportStep::Kind::call && step.module == own_module() &&
                                 loading.contains(step.names.front());
      return step.kind == ImportStep::Kind::load || calls_loading || loads(step.body, loading) ||
             loads(step.handler, loading);
    });
  }

  std::string own_module() const {
    auto name = path_.substr(0, path_.rfind('.'));
    if (file_name(name) == "__init__") name = folder_part(name).substr(0, folder_part(name).size() - 1);
    std::ranges::replace(name, '/', '.');
    return name;
  }

  ImportSteps block(Node number) {
    ImportSteps steps;
    append_block(number, steps);
    return steps;
  }

  /// What follows a `return` or `raise` isn't run.
  void append_block(Node number, ImportSteps& steps) {
    const Level level(depth_);
    if (depth_ > deepest_nesting) return;
    for (const auto child : children_[number]) {
      const auto& statement = syntax_.statements[child];
      append(child, statement, steps);
      if (statement.kind == StatementKind::return_ || statement.kind == StatementKind::raise) return;
    }
  }

  void append(Node number, const Statement& statement, ImportSteps& steps) {
    if (count_ > most_import_steps) return;
    if (statement.kind == StatementKind::import || statement.kind == StatementKind::import_from) {
      for (auto& imported : modules_of(syntax_, statement, path_))
        add(steps, {.module = std::move(imported.module), .names = std::move(imported.names)});
      return;
    }
    const bool is_with = statement.kind == StatementKind::with;
    if (!is_with) append_calls(number, steps);
    switch (statement.kind) {
      case StatementKind::if_:
        return append_if(statement, steps);
      case StatementKind::try_:
        return append_try(statement, steps);
      case StatementKind::with:
        return append_with(number, statement, steps);
      case StatementKind::match:
      case StatementKind::case_:
        return append_maybe(statement.first_block, steps);
      case StatementKind::for_:
      case StatementKind::while_:
      case StatementKind::class_:
        for (auto i = statement.first_block; i != no_node; i = syntax_.blocks[i].next) append_block(i, steps);
        return;
      default:
        return;
    }
  }

  void add(ImportSteps& steps, ImportStep step) {
    ++count_;
    steps.push_back(std::move(step));
  }

  void append_maybe(Node number, ImportSteps& steps) {
    auto body = block(number);
    if (!body.empty()) add(steps, {.kind = ImportStep::Kind::maybe, .body = std::move(body)});
  }

  /// The first clause whose condition holds is the last that may run.
  void append_if(const Statement& statement, ImportSteps& steps) {
    bool is_certain = true;
    for (auto i = statement.first_block; i != no_node; i = syntax_.blocks[i].next) {
      const auto& clause = syntax_.blocks[i];
      const auto holds =
          clause.kind == Block::Kind::else_ ? std::optional(true) : conditions_.holds(clause.first);
      if (holds == false) continue;
      if (holds == true && is_certain) return append_block(i, steps);
      is_certain = false;
      append_maybe(i, steps);
      if (holds == true) return;
    }
  }

  void append_try(const Statement& statement, ImportSteps& steps) {
    ImportStep step{.kind = ImportStep::Kind::attempt};
    Node finally = no_node;
    for (auto i = statement.first_block; i != no_node; i = syntax_.blocks[i].next) {
      const auto kind = syntax_.blocks[i].kind;
      if (kind == Block::Kind::body || kind == Block::Kind::else_) append_block(i, step.body);
      if (kind == Block::Kind::finally) finally = i;
    }
    step.catches_import_error = catches_import_error(syntax_, statement);
    step.catches_os_error = catches_os_error(syntax_, statement);
    if (const auto clause = catching_clause(syntax_, statement); clause != no_node)
      step.handler = block(clause);
    if (!step.body.empty()) add(steps, std::move(step));
    if (finally != no_node) append_block(finally, steps);
  }

  void append_with(Node number, const Statement& statement, ImportSteps& steps) {
    ImportStep step{.kind = ImportStep::Kind::attempt};
    append_calls(number, step.body);
    append_block(statement.first_block, step.body);
    step.catches_import_error = catches_import_error(syntax_, statement);
    step.catches_os_error = catches_os_error(syntax_, statement);
    if (!step.body.empty()) add(steps, std::move(step));
  }

  void append_calls(Node statement, ImportSteps& steps) {
    for (const auto call : calls_of_[statement]) {
      const auto& node = syntax_.expressions[call];
      const auto code = bindings_.code_of(node.scope);
      if (syntax_.scopes[code].kind == Scope::Kind::lambda) continue;
      if (const auto load = loads_.find(call); load != loads_.end())
        add(steps, {.kind = ImportStep::Kind::load, .load = load->second});
      else if (imports(node.first))
        append_named(call, steps);
      else if (auto named = is_defining_ ? call_of_own(call) : std::nullopt)
        add(steps, std::move(*named));
      else if (named = call_of_package(call); named)
        add(steps, std::move(*named));
      else
        append_functions(call, steps);
    }
  }

  /// A call of a function that the file imports from its own package.
  std::optional<ImportStep> call_of_package(Node call) {
    const auto foreign = bindings_.foreign(syntax_.expressions[call].first);
    if (!foreign || !foreign->is_imported) return std::nullopt;
    const auto name = absolute_module(foreign->name, path_).value_or("");
    const auto package = path_.substr(0, path_.find('/'));
    const auto dot = name.rfind('.');
    if (dot == name.npos || name.substr(0, name.find('.')) != package) return std::nullopt;
    return call_step(call, name.substr(0, dot), name.substr(dot + 1));
  }

  /// A call of a function of the file itself, by which that has what it is given here.
  std::optional<ImportStep> call_of_own(Node call) {
    for (const auto scope : calls_.targets(call)) {
      const auto& function = syntax_.scopes[scope];
      if (function.kind == Scope::Kind::function && function.parent == 0)
        return call_step(call, own_module(), syntax_.name(function.token));
    }
    return std::nullopt;
  }

  ImportStep call_step(Node call, std::string module, std::string function) {
    ImportStep step{
        .kind = ImportStep::Kind::call, .module = std::move(module), .names = {std::move(function)}};
    for (auto i = syntax_.expressions[syntax_.expressions[call].first].next; i != no_node;
         i = syntax_.expressions[i].next) {
      const auto value =
          syntax_.expressions[i].kind == Expression::Kind::keyword ? syntax_.expressions[i].first : i;
      if (syntax_.expressions[value].kind == Expression::Kind::string)
        std::ranges::copy(evaluator_.value(value).texts, std::back_inserter(step.names));
    }
    return step;
  }

  /// importlib.import_module or __import__.
  bool imports(Node function) const {
    const auto foreign = bindings_.foreign(function);
    if (!foreign) return false;
    return foreign->name == "__import__" || foreign->name == "builtins.__import__" ||
           foreign->name == "importlib.import_module" || foreign->name == "importlib.__import__";
  }

  void append_named(Node call, ImportSteps& steps) {
    const auto value = evaluator_.argument(call, 0, "name");
    if (!value) return;
    for (const auto& text : value->texts) {
      if (text.find('*') != text.npos) continue;
      if (auto module = absolute_module(text, path_)) add(steps, {.module = std::move(*module)});
    }
  }

  void append_functions(Node call, ImportSteps& steps) {
    for (const auto scope : calls_.targets(call)) {
      const auto& function = syntax_.scopes[scope];
      if (function.kind != Scope::Kind::function || function.is_generator || runs_[scope] >= most_runs)
        continue;
      if (!running_.insert(scope).second) continue;
      ++runs_[scope];
      append_block(syntax_.statements[function.statement].first_block, steps);
      running_.erase(scope);
    }
  }

  const Syntax& syntax_;
  const std::string& path_;
  Bindings bindings_;
  Calls calls_;
  Evaluator evaluator_;
  Conditions conditions_;
  std::vector<std::vector<Node>> children_;  ///< by block
  std::vector<std::vector<Node>> calls_of_;  ///< by statement
  std::unordered_map<Node, LibraryLoad> loads_;
  std::vector<unsigned> runs_;  ///< by scope
  std::set<Node> running_;
  unsigned depth_ = 0;
  std::size_t count_ = 0;
  bool is_defining_ = false;
};

/// Which statements are in a `try`, within their function, that catches an ImportError.
class CaughtImports {
 public:
  explicit CaughtImports(const Syntax& syntax) : syntax_(syntax) {}

  bool has(const Statement& statement) {
    auto block = statement.block;
    for (unsigned i = 0; block != 0 && i < deepest_nesting; ++i) {
      const auto around = syntax_.blocks[block].statement;
      if (syntax_.statements[around].kind == StatementKind::function) return false;
      if (syntax_.blocks[block].kind == Block::Kind::body && catches(around)) return true;
      block = syntax_.statements[around].block;
    }
    return false;
  }

 private:
  bool catches(Node statement) {
    const auto [place, is_new] = known_.try_emplace(statement);
    if (is_new) place->second = catches_import_error(syntax_, syntax_.statements[statement]);
    return place->second;
  }

  const Syntax& syntax_;
  std::unordered_map<Node, bool> known_;
};

}  // namespace

ImportSteps import_steps(const Syntax& syntax, const std::string& path, const PythonPlatform& platform) {
  return StepFinder(syntax, path, platform).run();
}

std::vector<WrittenImport> written_imports(const Syntax& syntax, const std::string& path) {
  CaughtImports caught(syntax);
  std::vector<WrittenImport> imports;
  for (const auto& statement : syntax.statements) {
    if (statement.kind != StatementKind::import && statement.kind != StatementKind::import_from) continue;
    for (auto& imported : modules_of(syntax, statement, path))
      imports.push_back({std::move(imported.module), std::move(imported.names), caught.has(statement)});
  }
  return imports;
}

}  // namespace wheelfix::python
