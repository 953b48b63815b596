#include "python/library_loads.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "python/bindings.hpp"
#include "python/calls.hpp"
#include "python/evaluator.hpp"
#include "python/import_runs.hpp"

namespace wheelfix::python {
namespace {

/// Of kernel32. They return null if they fail.
bool is_of_windows(std::string_view name) {
  constexpr std::array<std::string_view, 4> functions = {"LoadLibraryA", "LoadLibraryW", "LoadLibraryExA",
                                                         "LoadLibraryExW"};
  return std::ranges::find(functions, name) != functions.end();
}

bool loads_libraries(std::string_view name) {
  constexpr std::array<std::string_view, 5> functions = {"CDLL", "PyDLL", "WinDLL", "OleDLL", "LoadLibrary"};
  return std::ranges::find(functions, name) != functions.end() || is_of_windows(name);
}

class LoadFinder {
 public:
  LoadFinder(const Syntax& syntax, const std::string& path)
      : syntax_(syntax),
        bindings_(syntax),
        calls_(syntax, bindings_),
        evaluator_(syntax, bindings_, calls_, path),
        import_runs_(syntax, bindings_, calls_) {}

  std::vector<LibraryLoad> run() {
    for (Node node = 0; node < syntax_.expressions.size(); ++node)
      if (syntax_.expressions[node].kind == Expression::Kind::call && loads(node)) take_call(node);
    return std::move(loads_);
  }

 private:
  const Expression& function_of(Node call) const {
    return syntax_.expressions[syntax_.expressions[call].first];
  }

  bool loads(Node call) const {
    const auto& function = function_of(call);
    const bool is_name = function.kind == Expression::Kind::name;
    if (!is_name && function.kind != Expression::Kind::attribute) return false;
    if (loads_libraries(syntax_.text(function.token))) return true;
    const auto foreign = is_name ? bindings_.foreign(syntax_.expressions[call].first) : std::nullopt;
    return foreign && foreign->name.starts_with("ctypes.") &&
           loads_libraries(foreign->name.substr(foreign->name.rfind('.') + 1));
  }

  void take_call(Node call) {
    const auto value = evaluator_.argument(call, 0, "name");
    if (!value || (value->texts.empty() && value->elements.empty())) return;
    const auto& function = function_of(call);
    LibraryLoad load;
    auto first = function.token;
    load.function = syntax_.text(first);
    for (; first >= 2 && syntax_.source.is_op(first - 1, ".") && is_name(first - 2); first -= 2)
      load.function = syntax_.name(first - 2) + "." + load.function;
    load.begin = syntax_.source.tokens[first].begin;
    load.is_complete = value->elements.empty();
    const bool can_fail = !is_of_windows(syntax_.text(function.token)) || is_used(call);
    load.is_caught = !can_fail || import_runs_.failure_is_caught(call);
    load.is_for_file_there = import_runs_.is_for_file_there(call);
    load.on_import = can_fail && import_runs_.must_run(call);
    for (const auto& text : value->texts) add_name(load, text, value->is_listed);
    loads_.push_back(std::move(load));
  }

  bool is_name(Node token) const { return syntax_.source.tokens[token].kind == Token::Kind::name; }

  bool is_used(Node call) const {
    const auto& statement = syntax_.statements[syntax_.expressions[call].statement];
    return statement.kind != Statement::Kind::expression || statement.first != call;
  }

  static void add_name(LibraryLoad& load, const std::string& text, bool is_listed) {
    auto path = normal_path(text);
    const bool in_wheel = path.starts_with(wheel_root) && path.size() > 2;
    if (in_wheel) path.erase(0, 2);
    const auto base = file_name(path);
    const bool leaves_wheel = in_wheel && path.starts_with("../");
    if (base.find_first_not_of("*.") == base.npos || base.front() == wheel_root || leaves_wheel) {
      load.is_complete = false;
    } else if (std::ranges::find(load.names, LoadedName{path, in_wheel, is_listed}) == load.names.end()) {
      load.names.push_back({std::move(path), in_wheel, is_listed});
    }
  }

  const Syntax& syntax_;
  Bindings bindings_;
  Calls calls_;
  Evaluator evaluator_;
  ImportRuns import_runs_;
  std::vector<LibraryLoad> loads_;
};

}  // namespace

std::vector<LibraryLoad> library_loads(const Syntax& syntax, const std::string& path) {
  return LoadFinder(syntax, path).run();
}

}  // namespace wheelfix::python
