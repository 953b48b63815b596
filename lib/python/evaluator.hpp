#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "python/bindings.hpp"
#include "python/path_value.hpp"
#include "python/source.hpp"

namespace wheelfix::python {

template <std::size_t N>
bool is_any(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, text) != words.end();
}

/// Finds what expressions that name files may be: literals, `+`, `%`, f-strings, os.path, pathlib, glob,
/// conditional expressions, and through names what these were given anywhere in the file. Nothing is run,
/// and what isn't understood is `*`.
class Evaluator {
 public:
  /// `file` is the path of the source below the wheel's root, which __file__ is.
  Evaluator(const Source& source, const Bindings& bindings, std::string file)
      : source_(source), bindings_(bindings), file_(std::move(file)) {}

  /// The expression that begins at this token.
  PathValue evaluate(std::size_t token);
  /// The argument of a call by its position or name; nothing where it has none. `*` where it may be any.
  std::optional<PathValue> argument(std::size_t opening, std::size_t position, const std::string& name);

 private:
  /// A value, and the dotted name that it has if it is no more than that.
  struct Operand {
    PathValue value = unknown_value();
    std::string name = {};
    bool is_known_name = false;  ///< it has a binding
  };

  PathValue expression();
  PathValue disjunction();
  PathValue comparison();
  PathValue sum();
  PathValue term();
  PathValue unary();
  PathValue lambda();
  Operand postfix();
  Operand atom();
  PathValue literal();
  void append_format(PathValue& value);
  PathValue field(std::size_t opening);
  PathValue round_brackets(std::size_t opening);
  PathValue list_of(std::size_t opening);
  PathValue braces(std::size_t opening);

  Operand attribute(Operand operand);
  PathValue call(const Operand& function, std::size_t opening);
  PathValue call_method(const Operand& object, const std::string& method, std::size_t opening);
  std::optional<PathValue> call_known(const Operand& function, const std::string& last, std::size_t opening);
  PathValue call_own(const std::string& name);
  PathValue first_argument(std::size_t opening);
  PathValue join_arguments(PathValue value, std::size_t opening);
  PathValue subscript(const PathValue& value, std::size_t opening);

  Operand name_value(const std::string& name);
  PathValue binding_value(const Binding& binding, const std::string& name);
  PathValue parameter_value(const Binding& binding, const std::string& name);
  PathValue named(const std::string& name);
  PathValue value_of(const Binding& binding, const std::string& name);

  bool op(std::string_view text) const { return source_.is_op(at_, text); }
  bool word(std::string_view text) const { return source_.is_name(at_, text); }
  bool take_op(std::string_view text);
  std::size_t close_of(std::size_t opening) const { return source_.tokens[opening].partner; }

  const Source& source_;
  const Bindings& bindings_;
  std::string file_;
  std::size_t at_ = 0;
  unsigned depth_ = 0;
  unsigned steps_ = 0;
  std::size_t considered_ = 0;                  ///< what may have given names their values
  std::map<const Binding*, PathValue> values_;  ///< `*` while it is sought
  std::map<std::string, PathValue> results_;    ///< of the file's own functions
};

}  // namespace wheelfix::python
