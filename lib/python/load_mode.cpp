#include "python/load_mode.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace wheelfix::python {
namespace {

/// Numbers are RTLD_LAZY and RTLD_NOW, on all systems.
constexpr std::array<std::string_view, 8> local_modes = {
    "RTLD_LOCAL", "RTLD_NOW", "RTLD_LAZY", "RTLD_NODELETE", "DEFAULT_MODE", "0", "1", "2"};

/// The expression, or no_node without one. Nothing if the call has arguments that aren't known.
std::optional<Node> mode_of(const Syntax& syntax, Node call) {
  std::size_t position = 0;
  Node mode = no_node;
  for (auto i = syntax.expressions[syntax.expressions[call].first].next; i != no_node;
       i = syntax.expressions[i].next, ++position) {
    const auto& argument = syntax.expressions[i];
    if (argument.kind == Expression::Kind::star) return std::nullopt;
    const bool is_keyword = argument.kind == Expression::Kind::keyword;
    const auto name = is_keyword ? syntax.text(argument.token) : std::string_view();
    if (is_keyword ? name == "mode" || name == "flags" : position == 1) mode = i;
  }
  return mode;
}

/// The last name of each dotted one.
bool has_local_modes_alone(const Syntax& syntax, const Expression& mode) {
  const bool is_keyword = mode.kind == Expression::Kind::keyword;
  const auto& value = is_keyword ? syntax.expressions[mode.first] : mode;
  for (auto token = value.begin; token < value.end; ++token) {
    const auto kind = syntax.source.tokens[token].kind;
    const bool is_word = kind == Token::Kind::name || kind == Token::Kind::number;
    if (!is_word || (token + 1 < value.end && syntax.source.is_op(token + 1, "."))) continue;
    if (std::ranges::find(local_modes, syntax.text(token)) == local_modes.end()) return false;
  }
  return true;
}

}  // namespace

bool may_load_globally(const Syntax& syntax, Node call, std::string_view function) {
  if (function == "load_library_permanently") return true;
  const auto mode = mode_of(syntax, call);
  return !mode || (*mode != no_node && !has_local_modes_alone(syntax, syntax.expressions[*mode]));
}

}  // namespace wheelfix::python
