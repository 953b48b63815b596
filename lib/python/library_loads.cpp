#include "python/library_loads.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "python/bindings.hpp"
#include "python/evaluator.hpp"
#include "python/import_runs.hpp"
#include "python/surroundings.hpp"

namespace wheelfix::python {
namespace {

using Kind = Token::Kind;

/// Of kernel32. They answer null where they fail.
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
  LoadFinder(const Source& source, const std::string& path)
      : source_(source),
        bindings_(find_bindings(source)),
        evaluator_(source, bindings_, path),
        surroundings_(source),
        import_runs_(bindings_, source, surroundings_) {}

  std::vector<LibraryLoad> run() {
    for (std::size_t i = 0; i + 1 < source_.tokens.size(); ++i) {
      if (is_call(i)) take_call(i);
    }
    return std::move(loads_);
  }

 private:
  bool is_call(std::size_t token) const {
    if (source_.tokens[token].kind != Kind::name || !source_.is_op(token + 1, "(")) return false;
    if (token > 0 && (source_.is_name(token - 1, "def") || source_.is_name(token - 1, "class"))) return false;
    const std::string name(source_.text_of(source_.tokens[token]));
    const auto renamed = bindings_.renamed.find(name);
    return loads_libraries(renamed == bindings_.renamed.end() ? name : renamed->second);
  }

  void take_call(std::size_t token) {
    const auto value = evaluator_.argument(token + 1, 0, "name");
    if (!value || (value->texts.empty() && value->elements.empty())) return;
    LibraryLoad load;
    auto first = token;
    while (first >= 2 && source_.is_op(first - 1, ".") && source_.tokens[first - 2].kind == Kind::name)
      first -= 2;
    load.begin = source_.tokens[first].begin;
    load.function = dotted_name(source_, first, token + 1);
    load.is_complete = value->elements.empty();
    const bool can_fail = !is_of_windows(source_.text_of(source_.tokens[token])) || is_used(first);
    load.is_caught = !can_fail || import_runs_.failure_is_caught(token);
    load.is_for_file_there = surroundings_.is_for_file_there(load.begin);
    load.on_import = can_fail && import_runs_.must_run(token);
    for (const auto& text : value->texts) add_name(load, text, value->is_listed);
    loads_.push_back(std::move(load));
  }

  /// Whether the value of an expression that begins here goes anywhere.
  bool is_used(std::size_t token) const {
    return token > 0 && source_.tokens[token - 1].kind != Kind::newline && !source_.is_op(token - 1, ":") &&
           !source_.is_op(token - 1, ";");
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

  const Source& source_;
  Bindings bindings_;
  Evaluator evaluator_;
  Surroundings surroundings_;
  ImportRuns import_runs_;
  std::vector<LibraryLoad> loads_;
};

}  // namespace

std::vector<LibraryLoad> library_loads(const Source& source, const std::string& path) {
  return LoadFinder(source, path).run();
}

}  // namespace wheelfix::python
