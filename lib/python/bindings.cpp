#include "python/bindings.hpp"

#include <algorithm>

namespace wheelfix::python {
namespace {

using Kind = Token::Kind;

// Whether brackets or an f-string begin here.
bool opens(const Source& source, std::size_t token) {
  const auto partner = source.tokens[token].partner;
  return partner != Token::no_partner && partner > token;
}

class BindingFinder {
 public:
  explicit BindingFinder(const Source& source) : source_(source) {
    found_.scopes.push_back({.name = ""});
    found_.places.resize(source.tokens.size());
    found_.block_parents.push_back(0);
  }

  Bindings run() {
    for (std::size_t begin = 0; kind(begin) != Kind::end;) {
      auto end = begin;
      while (kind(end) != Kind::newline) ++end;
      take_line(begin, end);
      begin = end + 1;
    }
    return std::move(found_);
  }

 private:
  struct OpenBlock {
    std::size_t indent;
    std::uint32_t number;
  };
  struct OpenScope {
    std::size_t indent;
    std::uint32_t scope;
    bool is_class;
  };

  Kind kind(std::size_t token) const { return source_.tokens[token].kind; }
  bool is_op(std::size_t token, std::string_view op) const { return source_.is_op(token, op); }
  bool is_name(std::size_t token, std::string_view name) const { return source_.is_name(token, name); }
  std::string text(std::size_t token) const { return std::string(source_.text_of(source_.tokens[token])); }
  std::uint32_t scope() const { return open_.empty() ? 0 : open_.back().scope; }

  std::size_t indent_of(std::size_t token) {
    const auto at = source_.tokens[token].begin;
    const auto blanks = source_.text.substr(source_.lines[line_], at - source_.lines[line_]);
    std::size_t column = 0;
    for (const char c : blanks) column = c == '\t' ? (column / 8 + 1) * 8 : c == '\f' ? 0 : column + 1;
    return column;
  }

  void take_line(std::size_t begin, std::size_t end) {
    if (begin < end) {
      const auto indent = indent_of(begin);
      while (!open_.empty() && indent <= open_.back().indent) open_.pop_back();
      enter_block(indent);
      const auto first = is_name(begin, "async") ? begin + 1 : begin;
      if (is_name(first, "def")) open_function(first, indent);
      if (is_name(first, "class")) open_.push_back({indent, scope(), true});
    }
    for (auto i = begin; i <= end; ++i) found_.places[i] = {line_, scope(), block()};
    take_statements(begin, end);
    take_within(begin, end);
    ++line_;
  }

  void enter_block(std::size_t indent) {
    while (!blocks_.empty() && indent < blocks_.back().indent) blocks_.pop_back();
    const auto current = blocks_.empty() ? 0 : blocks_.back().indent;
    if (indent <= current) return;
    const auto parent = block();
    blocks_.push_back({indent, next_block()});
    found_.block_parents.push_back(parent);
  }

  std::uint32_t block() const { return blocks_.empty() ? 0 : blocks_.back().number; }
  std::uint32_t next_block() const { return static_cast<std::uint32_t>(found_.block_parents.size()); }

  void open_function(std::size_t def, std::size_t indent) {
    const bool is_method = !open_.empty() && open_.back().is_class;
    const auto number = static_cast<std::uint32_t>(found_.scopes.size());
    found_.scopes.push_back({.name = text(def + 1), .parent = scope(), .is_method = is_method});
    found_.functions[text(def + 1)].push_back(number);
    open_.push_back({indent, number, false});
    const auto opening = is_op(def + 2, "(") ? def + 2 : def + 1;
    if (is_op(opening, "(")) take_parameters(opening, number);
  }

  void take_parameters(std::size_t opening, std::uint32_t number) {
    auto& parameters = found_.scopes[number].parameters;
    for (const auto part : bracket_parts(source_, opening)) {
      if (kind(part) != Kind::name) continue;  // `*`, `/`, `*args`
      const auto close = source_.tokens[opening].partner;
      const auto equals = find_at_depth(part, close, "=", ",");
      found_.names[text(part)].push_back({.kind = Binding::Kind::parameter,
                                          .scope = number,
                                          .index = parameters.size(),
                                          .expression = equals ? *equals + 1 : 0,
                                          .from = part,
                                          .line = line_,
                                          .block = next_block()});
      parameters.push_back(text(part));
    }
  }

  // The first such operator in [begin, end) outside of brackets, and before a `stop`.
  std::optional<std::size_t> find_at_depth(std::size_t begin, std::size_t end, std::string_view op,
                                           std::string_view stop) const {
    for (auto i = begin; i < end && !is_op(i, stop); ++i) {
      if (is_op(i, op)) return i;
      if (opens(source_, i)) i = source_.tokens[i].partner;
    }
    return std::nullopt;
  }

  // The statements of a logical line: what stands between semicolons and behind the colon of `if x: y = 1`.
  void take_statements(std::size_t begin, std::size_t end) {
    auto first = begin;
    within_block_ = false;
    for (auto i = begin; i <= end; ++i) {
      const bool ends_header = i < end && is_op(i, ":") && is_block(first);
      if (i == end || is_op(i, ";") || ends_header) {
        take_statement(first, i);
        first = i + 1;
        within_block_ = within_block_ || ends_header;
      } else if (opens(source_, i)) {
        i = source_.tokens[i].partner;
      }
    }
    within_block_ = false;
  }

  bool is_block(std::size_t token) const {
    constexpr std::string_view words = " if elif else while for try except finally with def class async ";
    return kind(token) == Kind::name && words.find(" " + text(token) + " ") != words.npos;
  }

  void take_statement(std::size_t begin, std::size_t end) {
    if (begin >= end) return;
    if (is_name(begin, "return") && begin + 1 < end)
      return found_.scopes[scope()].returns.push_back(begin + 1);
    if (is_name(begin, "with")) return take_with(begin + 1, end);
    if (is_name(begin, "from")) return take_import(begin, end);
    if (!is_block(begin)) take_assignment(begin, end);
  }

  // Each target of `a = b = EXPRESSION`; one with an annotation; `a += EXPRESSION`.
  void take_assignment(std::size_t begin, std::size_t end) {
    auto target = begin;
    for (auto i = begin; i < end; ++i) {
      if (is_op(i, "=") || is_op(i, "+=")) {
        const auto value = last_value(i, end);
        take_target(target, i, value, is_op(i, "=") ? Binding::Kind::value : Binding::Kind::addition);
        target = i + 1;
      } else if (opens(source_, i)) {
        i = source_.tokens[i].partner;
      }
    }
  }

  std::size_t last_value(std::size_t equals, std::size_t end) {
    if (value_end_ != end) {
      value_end_ = end;
      for (auto i = equals; i < end; ++i) {
        if (is_op(i, "=") || is_op(i, "+=")) value_ = i + 1;
        if (opens(source_, i)) i = source_.tokens[i].partner;
      }
    }
    return value_;
  }

  void take_target(std::size_t begin, std::size_t end, std::size_t value, Binding::Kind how) {
    const auto behind = dotted_name_end(source_, begin);
    if (behind == begin) return;
    if (behind == end || is_op(behind, ":")) {
      const bool dotted = behind > begin + 1;
      add(dotted_name(source_, begin, behind), how, value, value_end_, dotted ? 0 : scope());
    } else if (is_op(behind, ",")) {
      take_tuple(begin, end, value);
    }
  }

  // `a, b = 1, 2`
  void take_tuple(std::size_t begin, std::size_t end, std::size_t value) {
    std::optional<std::size_t> at = value;
    for (auto target = begin; target < end; ++target) {
      const auto behind = dotted_name_end(source_, target);
      if (behind == target) return;
      add(dotted_name(source_, target, behind), at ? Binding::Kind::value : Binding::Kind::unknown,
          at.value_or(0), value_end_, scope());
      const auto comma = at ? find_at_depth(*at, value_end_, ",", ";") : std::nullopt;
      at = comma ? std::optional(*comma + 1) : std::nullopt;
      target = behind;
    }
  }

  void take_with(std::size_t begin, std::size_t end) {
    auto context = begin;
    for (auto i = begin; i < end; ++i) {
      if (is_name(i, "as") && kind(i + 1) == Kind::name)
        add(text(i + 1), Binding::Kind::value, context, i + 1, scope());
      if (is_op(i, ",")) context = i + 1;
      if (opens(source_, i)) i = source_.tokens[i].partner;
    }
  }

  void take_import(std::size_t begin, std::size_t end) {
    if (!is_name(begin + 1, "ctypes") || !is_name(begin + 2, "import")) return;
    for (auto i = begin + 3; i + 2 < end; ++i) {
      if (is_name(i + 1, "as") && kind(i + 2) == Kind::name) found_.renamed[text(i + 2)] = text(i);
    }
  }

  // What may stand anywhere in a line: `for` of a statement or comprehension, `:=`, calls.
  void take_within(std::size_t begin, std::size_t end) {
    for (auto i = begin; i < end; ++i) {
      if (is_name(i, "for")) take_for(i + 1, end);
      if (kind(i) != Kind::name) continue;
      if (is_op(i + 1, ":=")) add(text(i), Binding::Kind::value, i + 2, i + 3, scope());
      if (is_op(i + 1, "(") && !(i > 0 && (is_name(i - 1, "def") || is_name(i - 1, "class"))))
        found_.calls[text(i)].push_back(i + 1);
    }
  }

  void take_for(std::size_t begin, std::size_t end) {
    std::vector<std::size_t> targets;
    auto i = begin;
    for (; i < end && !is_name(i, "in"); ++i) {
      if (kind(i) == Kind::name) targets.push_back(i);
    }
    if (i == end) return;
    for (std::size_t number = 0; number < targets.size(); ++number) {
      found_.names[text(targets[number])].push_back(
          {.kind = targets.size() == 1 ? Binding::Kind::element : Binding::Kind::element_part,
           .scope = scope(),
           .index = number,
           .expression = i + 1,
           .from = i + 2,
           .line = line_,
           .block = next_block()});
    }
  }

  // What stands behind the colon of `if x:` on its line must not have run for what follows.
  void add(const std::string& name, Binding::Kind how, std::size_t expression, std::size_t from,
           std::uint32_t scope) {
    found_.names[name].push_back({.kind = how,
                                  .scope = scope,
                                  .expression = expression,
                                  .from = from,
                                  .line = line_,
                                  .block = within_block_ ? UINT32_MAX : block()});
  }

  const Source& source_;
  Bindings found_;
  std::vector<OpenScope> open_;
  std::vector<OpenBlock> blocks_;
  std::uint32_t line_ = 0;
  bool within_block_ = false;  ///< the statement stands behind the colon of `if x:`
  std::size_t value_ = 0;      ///< the last right side found, of the statement that ends at value_end_
  std::size_t value_end_ = 0;
};

}  // namespace

std::vector<const Binding*> Bindings::find(const std::string& name, std::size_t token) const {
  const auto all = names.find(name);
  std::vector<const Binding*> found;
  if (all == names.end()) return found;
  for (auto scope = places[token].scope;; scope = scopes[scope].parent) {
    for (const auto& binding : all->second) {
      if (binding.scope == scope) found.push_back(&binding);
    }
    if (!found.empty() && scope == places[token].scope) return reaching(std::move(found), token);
    if (!found.empty() || scope == 0) break;
  }
  if (found.empty()) {
    for (const auto& binding : all->second) found.push_back(&binding);
  }
  return found;
}

// In the order in which they stand.
std::vector<const Binding*> Bindings::reaching(std::vector<const Binding*> all, std::size_t token) const {
  std::ranges::stable_sort(all, {}, &Binding::from);
  const auto last =
      std::find_if(all.rbegin(), all.rend(), [&](const Binding* b) { return must_run_before(*b, token); });
  if (last == all.rend()) return all;
  all.erase(all.begin(), last.base() - 1);
  std::erase_if(all, [&](const Binding* b) { return b->from > token && b->line != places[token].line; });
  return all;
}

bool Bindings::must_run_before(const Binding& binding, std::size_t token) const {
  const bool loops = binding.kind == Binding::Kind::element || binding.kind == Binding::Kind::element_part;
  if (binding.kind == Binding::Kind::addition) return false;
  if (binding.line == places[token].line && loops) return true;  // a comprehension's too
  if (binding.from > token) return false;
  constexpr int deepest = 100;  // as in CPython
  auto block = places[token].block;
  for (int i = 0; i < deepest && block != binding.block && block != 0; ++i) block = block_parents[block];
  return block == binding.block;
}

Bindings find_bindings(const Source& source) {
  return BindingFinder(source).run();
}

std::size_t dotted_name_end(const Source& source, std::size_t token) {
  if (source.tokens[token].kind != Kind::name) return token;
  for (++token; source.is_op(token, ".") && source.tokens[token + 1].kind == Kind::name;) token += 2;
  return token;
}

std::string dotted_name(const Source& source, std::size_t begin, std::size_t end) {
  std::string name;
  for (auto i = begin; i < end; ++i) name += source.text_of(source.tokens[i]);
  return name;
}

std::vector<std::size_t> bracket_parts(const Source& source, std::size_t opening) {
  std::vector<std::size_t> parts;
  const std::size_t close = source.tokens[opening].partner;
  bool begins = true;
  for (auto i = opening + 1; i < close && parts.size() < 512; ++i) {
    if (source.is_op(i, ",")) {
      begins = true;
      continue;
    }
    if (begins) parts.push_back(i);
    begins = false;
    if (opens(source, i)) i = source.tokens[i].partner;
  }
  return parts;
}

}  // namespace wheelfix::python
