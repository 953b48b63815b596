#include "python/bindings.hpp"

#include <algorithm>

namespace wheelfix::python {
namespace {

constexpr unsigned deepest_block = 100;  // or scope, as in CPython
constexpr std::size_t most_considered = 2'000'000;
constexpr unsigned most_renamings = 8;  // of one name

}  // namespace

std::span<const Binding> Bindings::all(const std::string& name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? std::span<const Binding>() : found->second;
}

std::span<const Binding> Bindings::in(Node scope, const std::string& name) const {
  const auto bindings = all(name);
  const auto first = std::ranges::lower_bound(bindings, scope, {}, &Binding::scope);
  return {first, std::ranges::upper_bound(first, bindings.end(), scope, {}, &Binding::scope)};
}

bool Bindings::is_global(const std::string& name, Node scope) const {
  const auto found = globals_.find(name);
  return found != globals_.end() && found->second.contains(scope);
}

// Only a class's own code sees its names.
std::optional<Node> Bindings::home(const std::string& name, Node scope) const {
  if (!names_.contains(name)) return std::nullopt;
  unsigned depth = 0;
  for (auto home = scope; home != 0; home = syntax_.scopes[home].parent) {
    if (is_global(name, home)) break;
    if (++depth > deepest_block) return std::nullopt;
    const bool is_seen = home == scope || syntax_.scopes[home].kind != Scope::Kind::class_;
    if (is_seen && !in(home, name).empty()) return home;
  }
  return in(0, name).empty() ? std::nullopt : std::optional<Node>(0);
}

std::vector<const Binding*> Bindings::find(const std::string& name, Node expression) const {
  static const Binding unknown;
  const auto& use = syntax_.expressions[expression];
  const auto home_scope = home(name, use.scope);
  std::vector<const Binding*> found;
  if (!home_scope) return found;
  const auto all = in(*home_scope, name);
  considered_ += all.size();
  if (considered_ > most_considered) return {&unknown};
  for (const auto& binding : all) found.push_back(&binding);
  return reaching(std::move(found), use);
}

std::vector<const Binding*> Bindings::reaching(std::vector<const Binding*> found,
                                               const Expression& use) const {
  const auto code = code_of(use.scope);
  const auto last =
      std::find_if(found.rbegin(), found.rend(), [&](const Binding* b) { return must_run_before(*b, use); });
  if (last == found.rend()) return found;
  const auto loop = outermost_loop(use);
  const auto* const from = *last;
  bool comes_after = false;
  std::erase_if(found, [&](const Binding* b) {
    comes_after = comes_after || b == from;
    if (b->code != code) return b->code == 0;
    const bool is_later = b->from > use.begin;
    return !comes_after || (is_later && (loop == no_node || b->from > syntax_.blocks[loop].close));
  });
  return found;
}

bool Bindings::must_run_before(const Binding& binding, const Expression& use) const {
  const bool counts = binding.kind != Binding::Kind::addition && binding.kind != Binding::Kind::declaration;
  if (!counts || binding.from > use.begin || binding.code != code_of(use.scope)) return false;
  auto block = syntax_.statements[use.statement].block;
  for (unsigned i = 0; i < deepest_block && block != binding.block && block != 0; ++i)
    block = syntax_.statements[syntax_.blocks[block].statement].block;
  return block == binding.block;
}

// The block of the outermost loop around it in the same code.
Node Bindings::outermost_loop(const Expression& use) const {
  Node loop = no_node;
  auto block = syntax_.statements[use.statement].block;
  for (unsigned i = 0;
       i < deepest_block && block != 0 && code_of(syntax_.blocks[block].scope) == code_of(use.scope); ++i) {
    const auto& statement = syntax_.statements[syntax_.blocks[block].statement];
    if (statement.kind == Statement::Kind::for_ || statement.kind == Statement::Kind::while_) loop = block;
    block = statement.block;
  }
  return loop;
}

std::optional<ForeignName> Bindings::foreign(Node expression, unsigned depth) const {
  const auto& node = syntax_.expressions[expression];
  if (depth > most_renamings) return std::nullopt;
  if (node.kind == Expression::Kind::attribute) {
    auto object = foreign(node.first, depth + 1);
    if (object) (object->name += '.') += syntax_.text(node.token);
    return object;
  }
  if (node.kind != Expression::Kind::name) return std::nullopt;
  const auto name = syntax_.name(node.token);
  const auto found = find(name, expression);
  if (found.empty()) return ForeignName{name, false};
  const auto imported = std::ranges::find(found, Binding::Kind::import, &Binding::kind);
  if (imported != found.end()) return ForeignName{modules_[(*imported)->index], true};
  if (found.size() > 1 || found.front()->kind != Binding::Kind::value) return std::nullopt;
  auto value = foreign(found.front()->expression, depth + 1);
  return value && (value->is_imported || value->name.find('.') != value->name.npos) ? value : std::nullopt;
}

}  // namespace wheelfix::python
