// What names, attributes, subscripts and calls may be.
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "python/evaluator.hpp"

namespace wheelfix::python {
namespace {

using Kind = Token::Kind;

constexpr std::size_t most_considered = 2'000'000;  // values of names, in one file

std::string_view last_part(std::string_view name) {
  return name.substr(name.rfind('.') + 1);
}

// A path of these gives the same path, as text, absolute, or tidied.
constexpr std::array<std::string_view, 10> same_path_methods = {
    "resolve", "absolute", "as_posix", "expanduser", "strip",
    "lower",   "encode",   "decode",   "rstrip",     "lstrip"};
constexpr std::array<std::string_view, 17> same_path_functions = {
    "abspath", "realpath", "normpath", "normcase", "expanduser", "expandvars",
    "fspath",  "fsencode", "fsdecode", "str",      "list",       "tuple",
    "set",     "sorted",   "reversed", "as_file",  "iter"};
constexpr std::array<std::string_view, 5> path_types = {"Path", "PurePath", "PosixPath", "PurePosixPath",
                                                        "WindowsPath"};

PathValue in_wheel(const PathValue& package) {
  PathValue value;
  for (auto path : package.texts) {
    std::ranges::replace(path, '.', '/');
    unite(value, text_value(path == "*" ? path : wheel_root + ("/" + path)));
  }
  return value;
}

/// What a glob finds.
PathValue listing(PathValue globs) {
  globs.is_listed = true;
  return {.elements = {std::move(globs)}};
}

/// One file of a listing, whichever.
PathValue one_of(PathValue value) {
  value.is_listed = false;
  return value;
}

}  // namespace

Evaluator::Operand Evaluator::name_value(const std::string& name) {
  if (name == "None" || name == "True" || name == "False") return {PathValue{}, name, true};
  if (name == "__file__") return {text_value(wheel_root + ("/" + file_)), name, true};
  const bool known = bindings_.names.contains(name);
  return {known ? named(name) : unknown_value(), name, known};
}

// As it is for the token before this one.
PathValue Evaluator::named(const std::string& name) {
  if (depth_ > 60) return unknown_value();
  if (const auto all = bindings_.names.find(name); all != bindings_.names.end())
    considered_ += all->second.size();
  if (considered_ > most_considered) return unknown_value();
  PathValue value;
  for (const auto* binding : bindings_.find(name, at_ - 1)) {
    const auto given = value_of(*binding, name);
    unite(value, binding->kind == Binding::Kind::addition ? concatenated(value, given) : given);
  }
  return value;
}

PathValue Evaluator::value_of(const Binding& binding, const std::string& name) {
  const auto [place, is_new] = values_.try_emplace(&binding, unknown_value());
  if (is_new) place->second = binding_value(binding, name);
  return place->second;
}

PathValue Evaluator::binding_value(const Binding& binding, const std::string& name) {
  if (binding.kind == Binding::Kind::parameter) return parameter_value(binding, name);
  if (binding.kind == Binding::Kind::unknown || binding.expression == 0) return unknown_value();
  const auto value = evaluate(binding.expression);
  if (binding.kind == Binding::Kind::value || binding.kind == Binding::Kind::addition) return value;
  if (value.elements.empty()) return unknown_value();
  if (binding.kind == Binding::Kind::element) return any_of(value.keys.empty() ? value.elements : value.keys);
  PathValue part;
  for (const auto& element : value.elements)
    unite(part, binding.index < element.elements.size() ? element.elements[binding.index] : unknown_value());
  return part;
}

PathValue Evaluator::parameter_value(const Binding& binding, const std::string& name) {
  const auto& function = bindings_.scopes[binding.scope];
  const auto calls = bindings_.calls.find(function.name);
  PathValue value;
  if (binding.expression != 0) unite(value, evaluate(binding.expression));
  if (calls == bindings_.calls.end() || (function.is_method && binding.index == 0)) {
    unite(value, unknown_value());
    return value;
  }
  const auto position = binding.index - (function.is_method ? 1 : 0);
  for (const auto opening : calls->second) {
    if (const auto given = argument(opening, position, name)) unite(value, *given);
  }
  return value;
}

std::optional<PathValue> Evaluator::argument(std::size_t opening, std::size_t position,
                                             const std::string& name) {
  const auto parts = bracket_parts(source_, opening);
  for (const auto part : parts) {
    if (source_.is_name(part, name) && source_.is_op(part + 1, "=")) return evaluate(part + 2);
  }
  for (std::size_t i = 0; i <= position && i < parts.size(); ++i) {
    if (source_.is_op(parts[i], "*") || source_.is_op(parts[i], "**")) return unknown_value();
    if (source_.tokens[parts[i]].kind == Kind::name && source_.is_op(parts[i] + 1, "=")) return std::nullopt;
    if (i == position) return evaluate(parts[i]);
  }
  return std::nullopt;
}

PathValue Evaluator::first_argument(std::size_t opening) {
  const auto parts = bracket_parts(source_, opening);
  return parts.empty() ? unknown_value() : evaluate(parts.front());
}

PathValue Evaluator::join_arguments(PathValue value, std::size_t opening) {
  for (const auto part : bracket_parts(source_, opening))
    value = joined(value, source_.is_op(part, "*") ? unknown_value() : evaluate(part));
  return value;
}

Evaluator::Operand Evaluator::attribute(Operand operand) {
  const std::string name(source_.text_of(source_.tokens[at_ + 1]));
  at_ += 2;
  if (op("(")) {
    const auto opening = std::exchange(at_, close_of(at_) + 1);
    return {call_method(operand, name, opening)};
  }
  if (name == "parent") return {parent_folder(operand.value)};
  if (name == "name") return {base_name(operand.value)};
  if (name == "parents") {
    PathValue folders;
    for (auto folder = parent_folder(operand.value); folders.elements.size() < 8;
         folder = parent_folder(folder))
      folders.elements.push_back(folder);
    return {std::move(folders)};
  }
  const auto dotted = operand.name.empty() ? std::string() : operand.name + "." + name;
  if (dotted == "os.sep" || dotted == "os.path.sep") return {text_value("/"), dotted, true};
  if (dotted == "os.pardir" || dotted == "os.path.pardir") return {text_value(".."), dotted, true};
  const bool known = !dotted.empty() && bindings_.names.contains(dotted);
  return {known ? named(dotted) : unknown_value(), dotted, known};
}

// `NAME(...)`
PathValue Evaluator::call(const Operand& function, std::size_t opening) {
  if (function.name.empty()) return unknown_value();
  if (bindings_.functions.contains(function.name)) return call_own(function.name);
  return call_known(function, function.name, opening).value_or(unknown_value());
}

// `OBJECT.METHOD(...)`, where the object may be a module.
PathValue Evaluator::call_method(const Operand& object, const std::string& method, std::size_t opening) {
  const bool is_module = !object.name.empty() && !object.is_known_name;
  if (is_module) {
    if (auto value = call_known(object, method, opening)) return *value;
    return unknown_value();
  }
  if (is_any(method, same_path_methods)) return object.value;
  if (method == "joinpath") return join_arguments(object.value, opening);
  if (method == "with_name") return joined(parent_folder(object.value), first_argument(opening));
  if (method == "format") return brace_formatted(object.value);
  if (method == "glob" || method == "rglob") {
    const auto folder = method == "glob" ? object.value : joined(object.value, unknown_value());
    return listing(joined(folder, first_argument(opening)));
  }
  if (method == "get" && !object.value.elements.empty()) {
    auto value = any_of(object.value.elements);
    if (const auto fallback = argument(opening, 1, "default")) unite(value, *fallback);
    return value;
  }
  if (method == "keys") return {.elements = object.value.keys};
  if (method == "values") return {.elements = object.value.elements};
  if (method == "items") {
    PathValue items;
    const auto count = std::min(object.value.keys.size(), object.value.elements.size());
    for (std::size_t i = 0; i < count; ++i)
      items.elements.push_back({.elements = {object.value.keys[i], object.value.elements[i]}});
    return items;
  }
  if (object.name == "self" || object.name == "cls") return call_own(method);
  return unknown_value();
}

// A function of Python's own, by its name alone: `os.path.join` may be `osp.join` or `join`.
std::optional<PathValue> Evaluator::call_known(const Operand& function, const std::string& last,
                                               std::size_t opening) {
  if (last == "join") return join_arguments(text_value(""), opening);
  if (is_any(last, path_types)) return join_arguments(text_value(""), opening);
  if (last == "dirname") return parent_folder(first_argument(opening));
  if (last == "basename") return base_name(first_argument(opening));
  if (is_any(last, same_path_functions)) return first_argument(opening);
  if (last == "glob" || last == "iglob") return listing(first_argument(opening));
  if (last == "filter") return argument(opening, 1, "iterable").value_or(unknown_value());
  if (last == "next") return one_of(any_of(first_argument(opening).elements));
  if (last == "files") return in_wheel(first_argument(opening));
  if (last == "resource_filename")
    return joined(in_wheel(first_argument(opening)),
                  argument(opening, 1, "resource_name").value_or(unknown_value()));
  if (last == "getenv" || (last == "get" && last_part(function.name) == "environ")) {
    auto value = unknown_value();
    if (const auto fallback = argument(opening, 1, "default")) unite(value, *fallback);
    return value;
  }
  return std::nullopt;
}

// What functions of this name in the file return.
PathValue Evaluator::call_own(const std::string& name) {
  const auto scopes = bindings_.functions.find(name);
  if (scopes == bindings_.functions.end()) return unknown_value();
  const auto [place, is_new] = results_.try_emplace(name, unknown_value());
  if (!is_new) return place->second;
  PathValue value;
  for (const auto scope : scopes->second) {
    for (const auto token : bindings_.scopes[scope].returns) unite(value, evaluate(token));
  }
  return results_[name] = value;
}

PathValue Evaluator::subscript(const PathValue& value, std::size_t opening) {
  if (value.elements.empty()) return unknown_value();
  const auto close = close_of(opening);
  const auto key = source_.text_of(source_.tokens[opening + 1]);
  if (opening + 2 == close && value.keys.empty() && source_.tokens[opening + 1].kind == Kind::number) {
    std::size_t index = value.elements.size();
    std::from_chars(key.data(), key.data() + key.size(), index);
    if (index < value.elements.size()) return one_of(value.elements[index]);
  }
  const auto wanted = value.keys.empty() ? PathValue{} : evaluate(opening + 1);
  PathValue found;
  for (std::size_t i = 0; i < std::min(value.keys.size(), value.elements.size()); ++i) {
    if (wanted.texts.size() == 1 && value.keys[i].texts == wanted.texts) unite(found, value.elements[i]);
  }
  return one_of(found.texts.empty() && found.elements.empty() ? any_of(value.elements) : found);
}

}  // namespace wheelfix::python
