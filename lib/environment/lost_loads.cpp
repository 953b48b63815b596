#include <algorithm>
#include <optional>
#include <utility>
#include <wheelfix/error.hpp>
#include <wheelfix/lost_loads.hpp>

#include "base/glob.hpp"
#include "base/text.hpp"
#include "environment/load_comparison.hpp"
#include "environment/python_loads.hpp"
#include "environment/wheel_code.hpp"
#include "library/entry_source.hpp"
#include "loader/library_names.hpp"
#include "python/dll_folders.hpp"
#include "python/library_loads.hpp"
#include "python/string_literals.hpp"
#include "python/syntax.hpp"

namespace wheelfix {
namespace {

// Comparisons of a literal with a library's name, for one file. torch has some 30 libraries, and up to some
// 10,000 literals in a file.
constexpr std::uint64_t most_looked_at = 20'000'000;

bool is_library(const WheelEdit& edit, const std::string& path) {
  return edit.contains(path) && (is_named_as_library(path) || begins_as_library(edit, path));
}

/// Of all entries that are named like one, in order.
std::vector<std::string> library_paths(const WheelEdit& edit) {
  std::vector<std::string> paths;
  for (const auto& entry : edit.wheel().entries()) {
    if (is_named_as_library(entry.path) && edit.contains(entry.path)) paths.push_back(entry.path);
  }
  for (const auto& [path, item] : edit.overlay()) {
    if (item && is_named_as_library(path)) paths.push_back(path);
  }
  std::ranges::sort(paths);
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

/// What a Python file says about libraries, as far as read_python_loads uses it.
class LibraryMentions {
 public:
  LibraryMentions(const WheelEdit& edit, const std::string& path) {
    if (!edit.contains(path)) return;
    const auto text = python_code(edit, path);
    if (!python::mentions_library_loads(text) && !mentions_dll_folders(text)) return;
    try {
      read(edit, python::read_syntax(text, path), path);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::bad_python) throw;
    }
  }

  bool operator==(const LibraryMentions&) const = default;

 private:
  void read(const WheelEdit& edit, const python::Syntax& syntax, const std::string& path) {
    for (auto& call : python::library_loads(syntax, path)) add(std::move(call));
    folders_ = python::dll_folders(syntax, path);
    const auto libraries = library_paths(edit);
    std::uint64_t looked_at = 0;
    for (const auto& literal : python::string_literals(syntax.source)) {
      if (looked_at > most_looked_at) break;
      looked_at += libraries.size();
      const bool is_pattern = is_specific(literal.value) && is_glob(literal.value);
      for (const auto& entry : libraries) {
        const bool may_name = is_pattern || literal.value == file_name(entry);
        if (entry == literal.value || (may_name && names_library(literal.value, file_name(entry))))
          libraries_.push_back(entry);
      }
    }
  }

  /// Without what doesn't concern the wheel's own libraries: the call's place, and other names.
  void add(python::LibraryLoad call) {
    call.begin = 0;
    call.call = python::no_node;
    const auto is_unknown = [](const python::LoadedName& name) {
      return !name.in_wheel || (is_glob(name.text) && !name.is_listed);
    };
    if (std::erase_if(call.names, is_unknown) > 0) call.is_complete = false;
    if (!call.names.empty()) calls_.push_back(std::move(call));
  }

  std::vector<python::LibraryLoad> calls_;
  std::vector<std::string> folders_;
  std::vector<std::string> libraries_;  // of the wheel, that its literals name, in their order
};

bool changes_content_alone(const WheelEdit& edit) {
  return std::ranges::all_of(edit.overlay(), [&](const auto& changed) {
    const auto& [path, item] = changed;
    return item && edit.wheel().find(path) && !path.ends_with(".py");
  });
}

}  // namespace

bool may_change_loads(const WheelEdit& edit) {
  const WheelEdit unedited(edit.wheel());
  return std::ranges::any_of(edit.overlay(), [&](const auto& changed) {
    const auto& path = changed.first;
    if (path.ends_with(".py")) return !(LibraryMentions(unedited, path) == LibraryMentions(edit, path));
    return may_be_library(path) && (is_library(unedited, path) || is_library(edit, path));
  });
}

std::vector<Finding> lost_loads(const WheelEdit& edit, const LostLoadsOptions& options) {
  if (!may_change_loads(edit)) return {};
  const WheelEdit unedited(edit.wheel());
  const auto layout = Layout::parse("shared");
  auto libraries =
      read_libraries(unedited, {.jobs = options.jobs, .progress = options.progress, .known = options.before});
  auto edited = read_edited_libraries(
      edit, libraries, {.jobs = options.jobs, .progress = options.progress, .known = options.after});
  const auto before = make_wheel_set(std::vector(1, unedited), {std::move(libraries)}, layout);
  std::optional<PythonLoads> loads;
  if (changes_content_alone(edit)) loads = before->loads;
  // Not `{edit}`, which would copy it twice: its edits may be big.
  const auto after = make_wheel_set(std::vector(1, edit), {std::move(edited)}, layout, std::move(loads));
  return lost_loads(*before, *after);
}

std::vector<Finding> lost_loads(const WheelSet& before, const WheelSet& after) {
  return LoadComparison(before, after).run();
}

}  // namespace wheelfix
