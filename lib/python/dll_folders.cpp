#include "python/dll_folders.hpp"

#include <algorithm>

#include "python/bindings.hpp"
#include "python/calls.hpp"
#include "python/evaluator.hpp"

namespace wheelfix::python {
namespace {

class FolderFinder {
 public:
  FolderFinder(const Syntax& syntax, const std::string& path)
      : syntax_(syntax),
        bindings_(syntax),
        calls_(syntax, bindings_),
        evaluator_(syntax, bindings_, calls_, path) {}

  std::vector<std::string> run() {
    for (Node node = 0; node < syntax_.expressions.size(); ++node)
      if (syntax_.expressions[node].kind == Expression::Kind::call) take_call(node);
    return std::move(folders_);
  }

 private:
  void take_call(Node call) {
    const auto& function = syntax_.expressions[syntax_.expressions[call].first];
    const bool is_attribute = function.kind == Expression::Kind::attribute;
    if (!is_attribute && function.kind != Expression::Kind::name) return;
    const auto name = syntax_.text(function.token);
    if (name == "add_dll_directory") {
      add(evaluator_.argument(call, 0, "path").value_or(unknown_value()), true);
    } else if (is_attribute && (name == "append" || name == "extend" || name == "insert")) {
      for (auto part = function.next; part != no_node; part = syntax_.expressions[part].next)
        add_parts(evaluator_.value(part));
    }
  }

  void add_parts(const PathValue& value) {
    add(value, false);
    for (const auto& element : value.elements) add(element, false);
  }

  /// `is_given`: all of its texts count, otherwise only those that are known to be in the wheel.
  void add(const PathValue& value, bool is_given) {
    if (is_given && value.texts.empty()) return add_text("*");
    for (const auto& text : value.texts) {
      const auto path = normal_path(text);
      if (path.starts_with(wheel_root)) {
        add_text(path.substr(1));
      } else if (is_given && path.starts_with('*')) {
        add_text(path);
      }
    }
  }

  void add_text(const std::string& text) {
    if (std::ranges::find(folders_, text) == folders_.end()) folders_.push_back(text);
  }

  const Syntax& syntax_;
  Bindings bindings_;
  Calls calls_;
  Evaluator evaluator_;
  std::vector<std::string> folders_;
};

}  // namespace

std::vector<std::string> dll_folders(const Syntax& syntax, const std::string& path) {
  return FolderFinder(syntax, path).run();
}

}  // namespace wheelfix::python
