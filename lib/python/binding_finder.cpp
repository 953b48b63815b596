// Finds what gives names their values.
#include <algorithm>
#include <utility>

#include "python/bindings.hpp"

namespace wheelfix::python {

class BindingFinder {
 public:
  BindingFinder(const Syntax& syntax, Bindings& found) : syntax_(syntax), found_(found) {}

  void run() {
    for (const auto& statement : syntax_.statements) {
      if (statement.kind == Statement::Kind::global) take_globals(statement, true);
      if (statement.kind == Statement::Kind::nonlocal) take_globals(statement, false);
    }
    for (const auto& statement : syntax_.statements) take_statement(statement);
    for (const auto& expression : syntax_.expressions) take_expression(expression);
    for (Node scope = 0; scope < syntax_.scopes.size(); ++scope) take_parameters(scope);
    sort();
    for (auto& [name, binding] : nonlocal_) find_home(name, binding);
    for (auto& [name, binding] : nonlocal_) found_.names_[name].push_back(binding);
    sort();
  }

 private:
  using Kind = Binding::Kind;
  using Node_ = Expression::Kind;

  Node scope_of(const Statement& statement) const { return syntax_.blocks[statement.block].scope; }
  const Expression& expression(Node node) const { return syntax_.expressions[node]; }

  void take_globals(const Statement& statement, bool is_global) {
    auto& names = is_global ? found_.globals_ : nonlocals_;
    for (auto token = statement.begin + 1; token < statement.end; ++token)
      if (syntax_.source.tokens[token].kind == Token::Kind::name)
        names[syntax_.name(token)].insert(scope_of(statement));
  }

  void add(std::string name, Node scope, Binding binding) {
    binding.code = found_.code_of(scope);
    binding.scope = found_.is_global(name, scope) ? 0 : scope;
    const auto declared = nonlocals_.find(name);
    if (declared != nonlocals_.end() && declared->second.contains(scope)) {
      nonlocal_.emplace_back(std::move(name), binding);
    } else {
      found_.names_[std::move(name)].push_back(binding);
    }
  }

  // It lives in the nearest enclosing function that gives it a value.
  void find_home(const std::string& name, Binding& binding) const {
    do binding.scope = syntax_.scopes[binding.scope].parent;
    while (binding.scope != 0 && (syntax_.scopes[binding.scope].kind == Scope::Kind::class_ ||
                                  found_.in(binding.scope, name).empty()));
  }

  void sort() {
    for (auto& [name, bindings] : found_.names_)
      std::ranges::stable_sort(bindings, {}, [](const auto& b) { return std::pair(b.scope, b.from); });
  }

  // A name, an attribute, or several of them.
  void take_target(Node target, Node scope, Binding binding) {
    const auto& node = expression(target);
    if (node.kind == Node_::name) {
      add(syntax_.name(node.token), scope, binding);
    } else if (node.kind == Node_::attribute) {
      take_attribute(target, scope, binding);
    } else if (node.kind == Node_::star && node.first != no_node) {
      take_target(node.first, scope, {.from = binding.from, .block = binding.block});
    } else if (node.kind == Node_::tuple || node.kind == Node_::list) {
      take_parts(node, scope, binding);
    }
  }

  void take_attribute(Node target, Node scope, Binding binding) {
    auto name = syntax_.dotted_name(target);
    if (name.empty()) return;
    binding.code = found_.code_of(scope);
    found_.names_[std::move(name)].push_back(binding);
  }

  // `a, b = 1, 2`, or parts of a value that isn't written out. No part is known after a star.
  void take_parts(const Expression& targets, Node scope, Binding binding) {
    const bool is_written = binding.kind == Kind::value && binding.expression != no_node &&
                            (expression(binding.expression).kind == Node_::tuple ||
                             expression(binding.expression).kind == Node_::list);
    auto value = is_written ? expression(binding.expression).first : no_node;
    auto part = binding;
    bool is_known = binding.kind == Kind::value || binding.kind == Kind::element;
    if (!is_written) part.kind = binding.kind == Kind::element ? Kind::element_part : Kind::part;
    part.index = 0;
    for (auto target = targets.first; target != no_node; target = expression(target).next, ++part.index) {
      is_known = is_known && expression(target).kind != Node_::star &&
                 (!is_written || (value != no_node && expression(value).kind != Node_::star));
      if (is_written) part.expression = value;
      if (!is_known) part.kind = Kind::unknown;
      take_target(target, scope, part);
      if (is_written && value != no_node) value = expression(value).next;
    }
  }

  void take_statement(const Statement& statement) {
    const auto scope = scope_of(statement);
    Binding binding{.kind = Kind::value, .from = statement.end, .block = statement.block};
    switch (statement.kind) {
      case Statement::Kind::assign:
        return take_assignment(statement, binding);
      case Statement::Kind::augmented:
        binding.kind = syntax_.text(statement.token) == "+=" ? Kind::addition : Kind::unknown;
        binding.expression = expression(statement.first).next;
        return take_target(statement.first, scope, binding);
      case Statement::Kind::annotated:
        binding.expression = expression(expression(statement.first).next).next;
        if (binding.expression == no_node) binding.kind = Kind::declaration;
        return take_target(statement.first, scope, binding);
      case Statement::Kind::delete_:
      case Statement::Kind::type_alias:
        binding.kind = Kind::unknown;
        return statement.first == no_node ? void() : take_target(statement.first, scope, binding);
      case Statement::Kind::import:
        return take_import(statement);
      case Statement::Kind::import_from:
        return take_import_from(statement);
      case Statement::Kind::function:
      case Statement::Kind::class_:
        binding.kind = statement.kind == Statement::Kind::function ? Kind::function : Kind::class_;
        binding.definition = syntax_.blocks[statement.first_block].scope;
        return add(syntax_.name(statement.token), scope, binding);
      default:
        return take_blocks(statement, binding);
    }
  }

  void take_assignment(const Statement& statement, Binding binding) {
    for (auto node = statement.first; node != no_node; node = expression(node).next)
      binding.expression = node;
    for (auto target = statement.first; target != binding.expression; target = expression(target).next)
      take_target(target, scope_of(statement), binding);
  }

  void take_blocks(const Statement& statement, Binding binding) {
    const auto scope = scope_of(statement);
    for (auto i = statement.first_block; i != no_node; i = syntax_.blocks[i].next) {
      const auto& block = syntax_.blocks[i];
      if (block.token != no_node) add(syntax_.name(block.token), scope, {.from = block.end, .block = i});
      if (block.kind != Block::Kind::body || block.first == no_node) continue;
      if (statement.kind == Statement::Kind::case_)
        take_pattern(block.first, {.from = block.end, .block = i});
      if (statement.kind == Statement::Kind::for_)
        take_target(block.first, scope,
                    {.kind = Kind::element,
                     .expression = expression(block.first).next,
                     .from = block.end,
                     .block = i});
      for (auto item = block.first; item != no_node && expression(item).kind == Node_::with_item;
           item = expression(item).next) {
        binding.expression = expression(item).first;
        binding.from = expression(item).end;
        const auto target = expression(binding.expression).next;
        if (target != no_node) take_target(target, scope, binding);
      }
    }
  }

  // The names that a pattern captures: all except those of classes, constants and keys.
  void take_pattern(Node pattern, const Binding& binding) {
    const auto& node = expression(pattern);
    const bool binds = node.kind == Node_::name || node.kind == Node_::pattern;
    if (binds && syntax_.text(node.token) != "_" && !is_constant(node.token))
      add(syntax_.name(node.token), node.scope, binding);
    if (node.kind == Node_::attribute) return;
    for (auto child = node.first; child != no_node; child = expression(child).next) {
      if (node.kind == Node_::call && child == node.first) continue;
      if (node.kind == Node_::dictionary && expression(child).kind != Node_::star) {
        child = expression(child).next;
        if (child == no_node) return;
      }
      take_pattern(child, binding);
    }
  }

  bool is_constant(Node token) const {
    const auto text = syntax_.text(token);
    return text == "None" || text == "True" || text == "False";
  }

  // A name that `import` or an iteration gives.
  void take_expression(const Expression& node) {
    if (node.kind == Node_::assignment && syntax_.source.tokens[node.token].kind == Token::Kind::name) {
      auto scope = node.scope;
      while (syntax_.scopes[scope].kind == Scope::Kind::comprehension) scope = syntax_.scopes[scope].parent;
      add(syntax_.name(node.token), scope,
          {.kind = Kind::value, .expression = node.first, .from = node.end, .block = block_of(node)});
    } else if (node.kind == Node_::iteration) {
      const auto iterable = expression(node.first).next;
      take_target(node.first, node.scope,
                  {.kind = iterable == no_node ? Kind::unknown : Kind::element,
                   .expression = iterable,
                   .block = block_of(node)});
    }
  }

  Node block_of(const Expression& node) const { return syntax_.statements[node.statement].block; }

  void take_parameters(Node scope) {
    const auto statement = syntax_.scopes[scope].statement;
    bool is_positional = true;
    std::size_t index = 0;
    for (auto i = syntax_.scopes[scope].parameters; i != no_node; i = expression(i).next) {
      const auto& node = expression(i);
      const bool is_star = node.kind == Node_::star_parameter;
      is_positional = is_positional && !is_star;
      const auto number = is_positional ? index++ : Binding::no_index;
      if (node.token == no_node) continue;
      const bool is_lambda = syntax_.scopes[scope].kind == Scope::Kind::lambda;
      add(syntax_.name(node.token), scope,
          {.kind = is_star ? Kind::unknown : Kind::parameter,
           .index = number,
           .expression = node.first,
           .block =
               is_lambda ? syntax_.statements[statement].block : syntax_.statements[statement].first_block});
    }
  }

  // `import a.b, c as d` gives `a` and `d`.
  void take_import(const Statement& statement) {
    for (auto token = statement.begin + 1; token < statement.end; ++token) {
      std::string module;
      const auto first = token;
      for (; token < statement.end && !is_op(token, ",") && !is_name(token, "as"); ++token)
        module += syntax_.text(token);
      const bool is_renamed = token + 1 < statement.end && is_name(token, "as");
      add_import(statement, is_renamed ? token + 1 : first,
                 is_renamed ? module : module.substr(0, module.find('.')));
      while (token < statement.end && !is_op(token, ",")) ++token;
    }
  }

  // `from a.b import c as d, e`, with or without brackets.
  void take_import_from(const Statement& statement) {
    std::string module;
    auto token = statement.begin + 1;
    for (; token < statement.end && !is_name(token, "import"); ++token) module += syntax_.text(token);
    for (++token; token < statement.end; ++token) {
      if (syntax_.source.tokens[token].kind != Token::Kind::name) continue;
      const auto name = module + (module.ends_with('.') ? "" : ".") + syntax_.name(token);
      if (token + 2 < statement.end && is_name(token + 1, "as")) token += 2;
      add_import(statement, token, name);
    }
  }

  void add_import(const Statement& statement, Node token, std::string module) {
    if (token >= statement.end || syntax_.source.tokens[token].kind != Token::Kind::name) return;
    add(syntax_.name(token), scope_of(statement),
        {.kind = Kind::import,
         .index = found_.modules_.size(),
         .from = statement.end,
         .block = statement.block});
    found_.modules_.push_back(std::move(module));
  }

  bool is_op(Node token, std::string_view text) const { return syntax_.source.is_op(token, text); }
  bool is_name(Node token, std::string_view text) const { return syntax_.source.is_name(token, text); }

  const Syntax& syntax_;
  Bindings& found_;
  std::unordered_map<std::string, std::set<Node>> nonlocals_;
  std::vector<std::pair<std::string, Binding>> nonlocal_;
};

Bindings::Bindings(const Syntax& syntax) : syntax_(syntax) {
  for (Node scope = 0; scope < syntax.scopes.size(); ++scope) {
    const auto kind = syntax.scopes[scope].kind;
    const bool is_around = kind == Scope::Kind::class_ || kind == Scope::Kind::comprehension;
    code_.push_back(is_around ? code_[syntax.scopes[scope].parent] : scope);
  }
  BindingFinder(syntax, *this).run();
}

}  // namespace wheelfix::python
