#include "python/library_loads.hpp"

#include <algorithm>
#include <array>

#include "python/bindings.hpp"
#include "python/caught_failure.hpp"
#include "python/evaluator.hpp"

namespace wheelfix::python {
namespace {

using Kind = Token::Kind;

bool loads_libraries(std::string_view name) {
  constexpr std::array<std::string_view, 5> functions = {"CDLL", "PyDLL", "WinDLL", "OleDLL", "LoadLibrary"};
  return std::ranges::find(functions, name) != functions.end();
}

class LoadFinder {
 public:
  LoadFinder(const Source& source, const std::string& path)
      : source_(source), bindings_(find_bindings(source)), evaluator_(source, bindings_, path) {}

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
    load.is_caught = failure_is_caught(source_, load.begin);
    for (const auto& text : value->texts) add_name(load, text);
    loads_.push_back(std::move(load));
  }

  static void add_name(LibraryLoad& load, const std::string& text) {
    auto path = normal_path(text);
    const bool in_wheel = path.starts_with(wheel_root) && path.size() > 2;
    if (in_wheel) path.erase(0, 2);
    const auto base = path.substr(path.rfind('/') + 1);
    const bool leaves_wheel = in_wheel && path.starts_with("../");
    if (base.find_first_not_of("*.") == base.npos || base.front() == wheel_root || leaves_wheel) {
      load.is_complete = false;
    } else if (std::ranges::find(load.names, LoadedName{path, in_wheel}) == load.names.end()) {
      load.names.push_back({std::move(path), in_wheel});
    }
  }

  const Source& source_;
  Bindings bindings_;
  Evaluator evaluator_;
  std::vector<LibraryLoad> loads_;
};

}  // namespace

std::vector<LibraryLoad> library_loads(const Source& source, const std::string& path) {
  return LoadFinder(source, path).run();
}

}  // namespace wheelfix::python
