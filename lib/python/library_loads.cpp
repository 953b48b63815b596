#include "python/library_loads.hpp"

#include <algorithm>
#include <array>

#include "base/glob.hpp"
#include "base/text.hpp"
#include "python/bindings.hpp"
#include "python/calls.hpp"
#include "python/import_runs.hpp"
#include "python/load_mode.hpp"

namespace wheelfix::python {
namespace {

/// Of kernel32. They return null if they fail.
constexpr std::array<std::string_view, 4> windows_functions = {"LoadLibraryA", "LoadLibraryW",
                                                               "LoadLibraryExA", "LoadLibraryExW"};
/// Of ctypes.
constexpr std::array<std::string_view, 5> ctypes_functions = {"CDLL", "PyDLL", "WinDLL", "OleDLL",
                                                              "LoadLibrary"};
/// Of TensorFlow, llvmlite and cffi, whatever the object is called.
constexpr std::array<std::string_view, 4> package_functions = {
    "load_op_library", "load_pluggable_device_library", "load_library_permanently", "dlopen"};

bool is_of_windows(std::string_view name) {
  return std::ranges::find(windows_functions, name) != windows_functions.end();
}

bool loads_libraries(std::string_view name) {
  return std::ranges::find(ctypes_functions, name) != ctypes_functions.end() || is_of_windows(name);
}

bool loads_for_package(std::string_view name) {
  return std::ranges::find(package_functions, name) != package_functions.end();
}

/// Of torch: `load_library` alone may be any package's.
bool loads_for_torch(std::string_view full_name) {
  return full_name.ends_with(".ops.load_library") || full_name.ends_with(".classes.load_library");
}

constexpr std::array<std::string_view, 4> argument_names = {"name", "path", "filename", "library_filename"};

constexpr std::array<std::string_view, 6> load_words = {
    "DLL", "LoadLibrary", "load_library", "load_op_library", "load_pluggable_device_library", "dlopen"};

/// Each of those, and `add_dll_directory`, has one of these, which begin by two letters that are rarely side
/// by side.
constexpr std::array<std::string_view, 5> word_parts = {"DLL", "dLibrary", "_library", "dlopen",
                                                        "dll_directory"};

constexpr std::size_t block_size = 64;

/// Without a branch, so that the compiler compares many at once.
constexpr bool may_begin_a_part(char one, char next) {
  return ((one == 'D') & (next == 'L')) | ((one == 'd') & ((next == 'l') | (next == 'L'))) |
         ((one == '_') & (next == 'l'));
}

constexpr bool has_one_of(std::string_view text, const auto& words) {
  return std::ranges::any_of(words, [&](auto word) { return text.find(word) != text.npos; });
}

// Else files with a call of that function alone are skipped.
static_assert(std::ranges::all_of(windows_functions, [](auto name) { return has_one_of(name, load_words); }));
static_assert(std::ranges::all_of(ctypes_functions, [](auto name) { return has_one_of(name, load_words); }));
static_assert(std::ranges::all_of(package_functions, [](auto name) { return has_one_of(name, load_words); }));
static_assert(std::ranges::all_of(load_words, [](auto word) { return has_one_of(word, word_parts); }));
static_assert(std::ranges::all_of(word_parts, [](auto part) { return may_begin_a_part(part[0], part[1]); }));

/// Whether a part may begin in a block, which is followed by one byte at least.
bool may_begin_a_part(const char* block) {
  unsigned char found = 0;
  for (std::size_t i = 0; i < block_size; ++i)
    found |= static_cast<unsigned char>(may_begin_a_part(block[i], block[i + 1]));
  return found != 0;
}

bool begins_a_part(std::string_view code) {
  return code.size() > 1 && may_begin_a_part(code[0], code[1]) &&
         std::ranges::any_of(word_parts, [&](auto part) { return code.starts_with(part); });
}

class LoadFinder {
 public:
  LoadFinder(const Syntax& syntax, const std::string& path, Callers callers)
      : syntax_(syntax),
        bindings_(syntax),
        calls_(syntax, bindings_),
        evaluator_(syntax, bindings_, calls_, path, callers),
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
    const auto name = syntax_.text(function.token);
    if (loads_libraries(name)) return true;
    const auto foreign = bindings_.foreign(syntax_.expressions[call].first);
    const auto full = foreign ? foreign->name : syntax_.dotted_name(syntax_.expressions[call].first);
    if (loads_for_torch(full)) return true;
    if (!is_name) return loads_for_package(name) && calls_.targets(call).empty();
    if (!foreign) return false;
    const auto last = std::string_view(full).substr(full.rfind('.') + 1);
    return (full.starts_with("ctypes.") && loads_libraries(last)) ||
           (full.size() > last.size() && loads_for_package(last));
  }

  /// What the call is given as the library.
  std::optional<PathValue> library_of(Node call) {
    for (const auto name : argument_names)
      if (auto value = evaluator_.argument(call, 0, name)) return value;
    return std::nullopt;
  }

  void take_call(Node call) {
    const auto value = library_of(call);
    if (!value || (value->texts.empty() && value->elements.empty())) return;
    const auto& function = function_of(call);
    LibraryLoad load;
    load.call = call;
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
    load.is_global = may_load_globally(syntax_, call, syntax_.text(function.token));
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
    const bool is_any = base.find_first_not_of("*.") == base.npos;
    const auto folder = folder_part(path);
    if (is_any || leaves_wheel) load.is_complete = false;
    if (is_any && in_wheel && !leaves_wheel && !folder.empty() && folder.find('*') == folder.npos) {
      load.names.push_back({std::move(path), in_wheel, is_listed});
    } else if (is_any || base.front() == wheel_root || (leaves_wheel && is_glob(path))) {
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

bool may_mention_libraries(std::string_view code) {
  for (std::size_t begin = 0; begin < code.size(); begin += block_size) {
    if (begin + block_size < code.size() && !may_begin_a_part(code.data() + begin)) continue;
    for (auto rest = code.substr(begin); !rest.empty() && rest.size() + block_size > code.size() - begin;
         rest.remove_prefix(1))
      if (begins_a_part(rest)) return true;
  }
  return false;
}

bool mentions_library_loads(std::string_view code) {
  return std::ranges::any_of(load_words, [&](auto word) { return code.find(word) != code.npos; });
}

std::vector<LibraryLoad> library_loads(const Syntax& syntax, const std::string& path, Callers callers) {
  return LoadFinder(syntax, path, callers).run();
}

}  // namespace wheelfix::python
