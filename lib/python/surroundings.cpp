#include "python/surroundings.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace wheelfix::python {
namespace {

using StatementKind = Statement::Kind;

constexpr std::array<std::string_view, 5> os_errors = {"OSError", "Exception", "BaseException",
                                                       "EnvironmentError", "IOError"};
constexpr std::array<std::string_view, 4> file_questions = {"exists", "lexists", "isfile", "is_file"};
constexpr std::array<std::string_view, 1> suppressing = {"suppress"};
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
  template <std::size_t N>
  bool mentions(Node begin, Node end, const std::array<std::string_view, N>& words) const {
    for (auto token = begin; token < end; ++token) {
      if (syntax_.source.tokens[token].kind == Token::Kind::name &&
          std::ranges::find(words, syntax_.text(token)) != words.end())
        return true;
    }
    return false;
  }

  template <std::size_t N>
  bool mentions(const Block& header, const std::array<std::string_view, N>& words) const {
    return mentions(header.begin, header.end, words);
  }

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
           mentions(syntax_.blocks[statement.first_block], suppressing);
  }

  // The first clause that takes an OSError decides.
  bool catches(const Statement& statement) const {
    for (auto i = statement.first_block; i != no_node; i = syntax_.blocks[i].next) {
      const auto& block = syntax_.blocks[i];
      if (block.kind != Block::Kind::except) continue;
      if (block.first == no_node || mentions(block, os_errors)) return !endings_[i].raises;
    }
    return false;
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
    own.is_for_file_there |= mentions(statement.begin, statement.end, file_questions);
    found_.push_back(own);
    if (statement.first_block == no_node) return;
    const bool is_try = statement.kind == StatementKind::try_;
    const bool is_if = statement.kind == StatementKind::if_;
    const bool is_caught = is_try ? catches(statement) : suppresses(statement);
    const bool is_spared = is_try ? spares(statement) : suppresses(statement);
    auto inner = statement.kind == StatementKind::function ? Surrounding() : own;
    for_each_block(statement, [&](Node i, const Block& block) {
      const bool is_body = block.kind == Block::Kind::body;
      const bool asks = mentions(block, file_questions);
      inner.is_for_file_there |= asks;
      if (is_if && asks && !endings_[i].may_raise) blocks_[statement.block].is_for_file_there = true;
      blocks_[i] = inner;
      blocks_[i].catches |= is_body && is_caught;
      blocks_[i].may_be_spared |= (is_body && is_spared) || block.kind == Block::Kind::except ||
                                  (is_if && is_body && mentions(block, module_name));
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
