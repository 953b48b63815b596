#include "python/surroundings.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "python/caught_errors.hpp"

namespace wheelfix::python {
namespace {

using StatementKind = Statement::Kind;

constexpr std::array<std::string_view, 4> file_questions = {"exists", "lexists", "isfile", "is_file"};
constexpr std::array<std::string_view, 6> loading = {"CDLL",   "PyDLL",       "WinDLL",
                                                     "OleDLL", "LoadLibrary", "dlopen"};
constexpr std::array<std::string_view, 1> module_name = {"__name__"};

/// How code ends.
struct Ending {
  bool raises = false;      ///< always
  bool may_return = false;  ///< before that
  bool may_break = false;   ///< out of a loop around, or go on with its next turn
  bool may_raise = false;
};

class SurroundingFinder {
 public:
  explicit SurroundingFinder(const Syntax& syntax)
      : syntax_(syntax), endings_(syntax.blocks.size()), blocks_(syntax.blocks.size()) {}

  std::vector<Surrounding> run() {
    for (auto i = syntax_.statements.size(); i > 0; --i) take_ending(syntax_.statements[i - 1]);
    for (const auto& statement : syntax_.statements) take(statement);
    return std::move(found_);
  }

 private:
  template <typename Function>
  void for_each_block(const Statement& statement, Function function) const {
    for (auto i = statement.first_block; i != no_node; i = syntax_.blocks[i].next)
      function(i, syntax_.blocks[i]);
  }

  // Statements come last first, so that those within one are known.
  void take_ending(const Statement& statement) {
    const auto own = ending_of(statement);
    auto& block = endings_[statement.block];
    block = {.raises = own.raises || (block.raises && !own.may_return && !own.may_break),
             .may_return = own.may_return || (block.may_return && !own.raises),
             .may_break = own.may_break || (block.may_break && !own.raises),
             .may_raise = own.may_raise || block.may_raise};
  }

  Ending ending_of(const Statement& statement) const {
    const auto kind = statement.kind;
    Ending ending{.raises = kind == StatementKind::raise,
                  .may_return = kind == StatementKind::return_,
                  .may_break = kind == StatementKind::break_ || kind == StatementKind::continue_,
                  .may_raise = kind == StatementKind::raise};
    if (statement.first_block == no_node) return ending;
    bool all_raise = true, has_else = false, finally_raises = false;
    bool body_raises = false, clauses_raise = true;
    for_each_block(statement, [&](Node i, const Block& block) {
      const auto& inner = endings_[i];
      ending.may_return |= inner.may_return;
      ending.may_break |= inner.may_break;
      ending.may_raise |= inner.may_raise;
      all_raise = all_raise && inner.raises;
      has_else = has_else || block.kind == Block::Kind::else_;
      if (block.kind == Block::Kind::finally) finally_raises = inner.raises;
      if (block.kind == Block::Kind::except) clauses_raise = clauses_raise && inner.raises;
      if (block.kind == Block::Kind::body || block.kind == Block::Kind::else_) body_raises |= inner.raises;
    });
    if (kind == StatementKind::function) return {};
    if (kind == StatementKind::for_ || kind == StatementKind::while_) ending.may_break = false;
    if (kind == StatementKind::if_) ending.raises = has_else && all_raise;
    if (kind == StatementKind::try_) ending.raises = finally_raises || (body_raises && clauses_raise);
    if (kind == StatementKind::class_ || kind == StatementKind::with)
      ending.raises = all_raise && !suppresses(statement);
    return ending;
  }

  bool suppresses(const Statement& statement) const {
    return statement.kind == StatementKind::with &&
           mentions(syntax_, syntax_.blocks[statement.first_block], suppressing);
  }

  // The first clause that takes an OSError decides.
  bool catches(const Statement& statement) const {
    for (auto i = statement.first_block; i != no_node; i = syntax_.blocks[i].next) {
      const auto& block = syntax_.blocks[i];
      if (block.kind != Block::Kind::except) continue;
      if (block.first == no_node || mentions(syntax_, block, os_errors))
        return !endings_[i].raises && !raises_later(statement, block);
    }
    return false;
  }

  /// Whether what follows raises because of a name that the `try` sets, like `if errors:` after
  /// `errors.append(error)`. Not if the clause tries another library, or if the name is set again before.
  bool raises_later(const Statement& attempt, const Block& clause) const {
    constexpr std::ptrdiff_t furthest = 200;  // statements, because a file may have thousands of `try`
    if (mentions(syntax_, clause.begin, clause.close, loading)) return false;
    const auto names = names_set(attempt.begin, end_of(attempt));
    auto around = blocks_around(attempt);
    const auto& all = syntax_.statements;
    const auto next = std::ranges::lower_bound(all, end_of(attempt), {}, &Statement::begin);
    for (auto later = next; later != all.end() && later - next < furthest; ++later) {
      while (!around.empty() && later->begin >= syntax_.blocks[around.back()].close) around.pop_back();
      if (around.empty()) return false;
      if (later->block == around.back() && raises_for(*later, names)) return true;
      if (std::ranges::any_of(names_set(later->begin, later->end),
                              [&](auto name) { return names.contains(name); }))
        return false;
    }
    return false;
  }

  bool raises_for(const Statement& statement, const std::set<std::string_view>& names) const {
    if (statement.kind != StatementKind::raise &&
        (statement.kind != StatementKind::if_ || !endings_[statement.first_block].raises))
      return false;
    for (auto token = statement.begin; token < statement.end; ++token)
      if (names.contains(syntax_.text(token))) return true;
    return false;
  }

  Node end_of(const Statement& statement) const {
    auto end = statement.end;
    for_each_block(statement, [&](Node, const Block& block) { end = std::max(end, block.close); });
    return end;
  }

  /// The blocks that a statement is in, up to its function's or the module, which is the first.
  std::vector<Node> blocks_around(const Statement& statement) const {
    std::vector<Node> blocks;
    for (auto block = statement.block;; block = syntax_.statements[syntax_.blocks[block].statement].block) {
      blocks.insert(blocks.begin(), block);
      const auto owner = syntax_.blocks[block].statement;
      if (owner == no_node || syntax_.statements[owner].kind == StatementKind::function) return blocks;
    }
  }

  /// `name = ...` and `name.append(...)`.
  std::set<std::string_view> names_set(Node begin, Node end) const {
    std::set<std::string_view> names;
    const auto last = std::min<Node>(end, static_cast<Node>(syntax_.source.tokens.size()));
    for (auto token = begin; token + 2 < last; ++token) {
      if (syntax_.source.tokens[token].kind != Token::Kind::name) continue;
      const bool is_appended = syntax_.source.is_op(token + 1, ".") && syntax_.text(token + 2) == "append";
      if (is_appended || syntax_.source.is_op(token + 1, "=")) names.insert(syntax_.text(token));
    }
    return names;
  }

  bool spares(const Statement& statement) const {
    bool spares = false;
    for_each_block(statement, [&](Node i, const Block& block) {
      spares |=
          block.kind == Block::Kind::finally || (block.kind == Block::Kind::except && !endings_[i].raises);
    });
    return spares;
  }

  void take(const Statement& statement) {
    auto own = blocks_[statement.block];
    own.is_for_file_there |= mentions(syntax_, statement.begin, statement.end, file_questions);
    found_.push_back(own);
    if (statement.first_block == no_node) return;
    const bool is_try = statement.kind == StatementKind::try_;
    const bool is_if = statement.kind == StatementKind::if_;
    const bool is_caught = is_try ? catches(statement) : suppresses(statement);
    const bool is_spared = is_try ? spares(statement) : suppresses(statement);
    auto inner = statement.kind == StatementKind::function ? Surrounding() : own;
    for_each_block(statement, [&](Node i, const Block& block) {
      const bool is_body = block.kind == Block::Kind::body;
      const bool asks = mentions(syntax_, block, file_questions);
      inner.is_for_file_there |= asks;
      if (is_if && asks && !endings_[i].may_raise) blocks_[statement.block].is_for_file_there = true;
      blocks_[i] = inner;
      blocks_[i].catches |= is_body && is_caught;
      blocks_[i].may_be_spared |= (is_body && is_spared) || block.kind == Block::Kind::except ||
                                  (is_if && is_body && mentions(syntax_, block, module_name));
    });
  }

  const Syntax& syntax_;
  std::vector<Ending> endings_;      ///< of blocks
  std::vector<Surrounding> blocks_;  ///< of what is in them, so far
  std::vector<Surrounding> found_;
};

}  // namespace

std::vector<Surrounding> find_surroundings(const Syntax& syntax) {
  return SurroundingFinder(syntax).run();
}

}  // namespace wheelfix::python
