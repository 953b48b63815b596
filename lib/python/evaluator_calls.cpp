// What calls may return.
#include <algorithm>
#include <array>

#include "python/evaluator.hpp"

namespace wheelfix::python {
namespace {

template <std::size_t N>
bool is_any(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, text) != words.end();
}

constexpr std::array<std::string_view, 9> known_modules = {
    "os", "posixpath", "ntpath", "pathlib", "glob", "importlib", "builtins", "sys", "importlib_resources"};
constexpr std::array<std::string_view, 7> containers = {"list",     "tuple", "set",      "sorted",
                                                        "reversed", "iter",  "frozenset"};
constexpr std::array<std::string_view, 6> same_paths = {"normpath", "normcase", "fspath",
                                                        "fsencode", "fsdecode", "as_file"};
constexpr std::array<std::string_view, 4> whole_paths = {"abspath", "realpath", "resolve", "absolute"};
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

PathValue texts_of(PathValue value) {
  if (value.texts.empty()) return unknown_value();
  return {.texts = std::move(value.texts), .is_listed = value.is_listed};
}

}  // namespace

std::optional<PathValue> Evaluator::argument(Node call, std::size_t position, std::string_view name) {
  using Kind = Expression::Kind;
  for (auto i = arguments(call); i != no_node; i = expression(i).next) {
    if (expression(i).kind == Kind::keyword && syntax_.text(expression(i).token) == name)
      return value(expression(i).first);
  }
  for (auto i = arguments(call); i != no_node; i = expression(i).next) {
    if (expression(i).kind == Kind::star) return unknown_value();
    if (expression(i).kind == Kind::keyword) return std::nullopt;
    if (position-- == 0) return value(i);
  }
  return std::nullopt;
}

PathValue Evaluator::first_argument(Node call) {
  const auto first = arguments(call);
  return first == no_node ? unknown_value() : value(first);
}

PathValue Evaluator::join_arguments(PathValue folder, Node call) {
  for (auto i = arguments(call); i != no_node; i = expression(i).next) folder = joined(folder, value(i));
  return folder;
}

PathValue Evaluator::with_default(PathValue value, Node call) {
  if (const auto fallback = argument(call, 1, "default")) unite(value, *fallback);
  return value;
}

// A function of the file, one from outside, or a method of a value that the file shows.
PathValue Evaluator::call(Node call) {
  const auto& function = expression(expression(call).first);
  if (const auto own = calls_.targets(call); !own.empty()) return call_own(own);
  if (const auto foreign = bindings_.foreign(expression(call).first)) return call_foreign(call, *foreign);
  if (function.kind != Expression::Kind::attribute) return unknown_value();
  return call_method(call, value(function.first), syntax_.text(function.token));
}

PathValue Evaluator::call_own(const std::vector<Node>& functions) {
  PathValue all;
  for (const auto function : functions) unite(all, result(function));
  return all;
}

// What a function returns. A class's function is `__init__`, which returns nothing.
PathValue Evaluator::result(Node scope) {
  if (!has_returns_) {
    for (const auto& statement : syntax_.statements)
      if (statement.kind == Statement::Kind::return_ && statement.first != no_node)
        returns_[syntax_.blocks[statement.block].scope].push_back(statement.first);
    for (const auto& node : syntax_.expressions)
      if (node.kind == Expression::Kind::lambda) returns_[expression(node.first).scope].push_back(node.first);
    has_returns_ = true;
  }
  const auto [place, is_new] = results_.try_emplace(scope, unknown_value());
  const auto& function = syntax_.scopes[scope];
  const bool is_constructor = calls_.is_method(scope) && syntax_.text(function.token) == "__init__";
  if (!is_new || function.is_generator || is_constructor) return place->second;
  PathValue all;
  for (const auto node : returns_[scope]) unite(all, value(node));
  return place->second = all;
}

// By its name alone if the file doesn't say where it is from: `os.path.join` may be `osp.join` or `join`.
PathValue Evaluator::call_foreign(Node call, const ForeignName& function) {
  const std::string_view full = function.name;
  if (function.is_imported && !is_any(full.substr(0, full.find('.')), known_modules) &&
      !full.starts_with("pkg_resources."))
    return unknown_value();
  const auto last = full.substr(full.rfind('.') + 1);
  if (last.size() == full.size() || full.starts_with("builtins."))
    if (auto value = call_builtin(call, last)) return *value;
  if (last == "join") return join_arguments(text_value(""), call);
  if (is_any(last, path_types)) return join_arguments(text_value(""), call);
  if (last == "dirname") return parent_folder(first_argument(call));
  if (last == "basename") return base_name(first_argument(call));
  if (is_any(last, same_paths)) return texts_of(first_argument(call));
  if (is_any(last, whole_paths)) return made_absolute(first_argument(call));
  if (last == "expanduser" || last == "expandvars") return expanded(first_argument(call));
  if (last == "glob" || last == "iglob") return listing(first_argument(call));
  if (last == "files") return in_wheel(first_argument(call));
  if (last == "resource_filename")
    return joined(in_wheel(first_argument(call)),
                  argument(call, 1, "resource_name").value_or(unknown_value()));
  if (last == "getenv" || full.ends_with("environ.get")) return with_default(unknown_value(), call);
  return unknown_value();
}

std::optional<PathValue> Evaluator::call_builtin(Node call, std::string_view name) {
  if (name == "str") return texts_of(first_argument(call));
  if (name == "filter") return argument(call, 1, "iterable").value_or(unknown_value());
  if (name == "next") return one_of(any_of(first_argument(call).elements));
  if (!is_any(name, containers)) return std::nullopt;
  auto container = first_argument(call);
  return container.texts.empty() ? container : unknown_value();
}

// Of a text, a path, or a dictionary.
PathValue Evaluator::call_method(Node call, const PathValue& object, std::string_view method) {
  if (method == "lower") return lowered(object);
  if (method == "strip") return stripped(object, argument(call, 0, ""), true, true);
  if (method == "lstrip") return stripped(object, argument(call, 0, ""), true, false);
  if (method == "rstrip") return stripped(object, argument(call, 0, ""), false, true);
  if (method == "as_posix" || method == "encode" || method == "decode") return texts_of(object);
  if (method == "resolve" || method == "absolute") return made_absolute(object);
  if (method == "expanduser") return expanded(object);
  if (method == "joinpath") return join_arguments(object, call);
  if (method == "with_name") return joined(parent_folder(object), first_argument(call));
  if (method == "format") return brace_formatted(object);
  if (method == "glob") return listing(joined(object, first_argument(call)));
  if (method == "rglob") return listing(joined(joined(object, unknown_value()), first_argument(call)));
  if (method == "get" && !object.elements.empty()) return with_default(any_of(object.elements), call);
  if (method == "keys") return {.elements = object.keys};
  if (method == "values") return {.elements = object.elements};
  if (method != "items") return unknown_value();
  PathValue items;
  const auto count = std::min(object.keys.size(), object.elements.size());
  for (std::size_t i = 0; i < count; ++i)
    items.elements.push_back({.elements = {object.keys[i], object.elements[i]}});
  return items;
}

}  // namespace wheelfix::python
