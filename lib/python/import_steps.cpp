#include "python/import_steps.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

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
    if (!mentions_library_loads(syntax.source.text)) return;
    for (auto& load : library_loads(syntax, path)) loads_.emplace(load.call, std::move(load));
  }

  ImportSteps run() { return block(0); }

 private:
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
      else
        append_functions(call, steps);
    }
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
