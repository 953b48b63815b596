#include "python/dll_folders.hpp"

#include <algorithm>

#include "python/bindings.hpp"
#include "python/evaluator.hpp"

namespace wheelfix::python {
namespace {

class FolderFinder {
 public:
  FolderFinder(const Source& source, const std::string& path)
      : source_(source), bindings_(find_bindings(source)), evaluator_(source, bindings_, path) {}

  std::vector<std::string> run() {
    for (std::size_t token = 1; token + 1 < source_.tokens.size(); ++token) {
      if (source_.tokens[token].kind != Token::Kind::name || !source_.is_op(token + 1, "(")) continue;
      if (source_.is_name(token, "add_dll_directory") && !source_.is_name(token - 1, "def")) {
        add(evaluator_.argument(token + 1, 0, "path").value_or(unknown_value()), true);
      } else if (is_addition(token)) {
        for (const auto part : bracket_parts(source_, token + 1)) add_parts(evaluator_.evaluate(part));
      }
    }
    return std::move(folders_);
  }

 private:
  bool is_addition(std::size_t token) const {
    return source_.is_op(token - 1, ".") &&
           (source_.is_name(token, "append") || source_.is_name(token, "extend") ||
            source_.is_name(token, "insert"));
  }

  void add_parts(const PathValue& value) {
    add(value, false);
    for (const auto& element : value.elements) add(element, false);
  }

  /// `is_given`: all of its texts count, else those that are known to be in the wheel.
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

  const Source& source_;
  Bindings bindings_;
  Evaluator evaluator_;
  std::vector<std::string> folders_;
};

}  // namespace

std::vector<std::string> dll_folders(const Source& source, const std::string& path) {
  return FolderFinder(source, path).run();
}

}  // namespace wheelfix::python
