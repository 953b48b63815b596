#include "environment/wheel_code.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <wheelfix/error.hpp>
#include <wheelfix/imports.hpp>

#include "base/text.hpp"
#include "base/workers.hpp"
#include "library/entry_source.hpp"
#include "python/dll_folders.hpp"
#include "python/string_literals.hpp"
#include "python/syntax.hpp"

namespace wheelfix {
namespace {

void read_file(std::string_view code, FileLoads& file) {
  if (!python::may_mention_libraries(code)) return;
  const bool tells_folders = mentions_dll_folders(code);
  const bool loads = python::mentions_library_loads(code);
  if (!loads && !tells_folders) return;
  const auto syntax = python::read_syntax(code, file.entry);
  if (tells_folders) file.dll_folders = python::dll_folders(syntax, file.entry);
  if (!loads) return;
  const bool is_preload_module = file_name(file.entry) == preload_module_name;
  if (!is_preload_module) file.loads = python::library_loads(syntax, file.entry);
  if (!is_preload_module && file.loads.empty()) return;
  for (auto& literal : python::string_literals(syntax.source))
    if (is_preload_module || is_specific(literal.value)) file.literals.push_back(std::move(literal.value));
}

/// What a file says; nothing if it can't be read.
std::optional<FileLoads> read_file(const WheelEdit& edit, const std::string& entry) {
  FileLoads file{.entry = entry, .dll_folders = {}, .loads = {}, .literals = {}};
  const auto code = find_python_code(edit, entry);
  if (!code) return std::nullopt;
  try {
    read_file(*code, file);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::bad_python) throw;
  }
  return file;
}

/// A package's __init__.py runs before the modules in it, and an outer package before an inner one.
std::vector<std::string> python_files(const WheelEdit& edit) {
  using Order = std::pair<std::ptrdiff_t, bool>;
  std::vector<std::pair<Order, std::string>> files;
  for (auto& path : edit.paths()) {
    if (!path.ends_with(".py")) continue;
    const Order order(std::ranges::count(path, '/'), !path.ends_with("/__init__.py"));
    files.emplace_back(order, std::move(path));
  }
  std::ranges::sort(files);
  std::vector<std::string> paths;
  for (auto& file : files) paths.push_back(std::move(file.second));
  return paths;
}

}  // namespace

std::optional<std::string> find_python_code(const WheelEdit& edit, const std::string& path) {
  if (content_size(edit, path) > python::max_source_size) return "";
  try {
    return edit.read(path);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::io || edit.wheel().installation() == nullptr) throw;
    return std::nullopt;
  }
}

std::string python_code(const WheelEdit& edit, const std::string& path) {
  return find_python_code(edit, path).value_or("");
}

bool mentions_dll_folders(std::string_view code) {
  return code.find("add_dll_directory") != std::string_view::npos;
}

bool is_specific(std::string_view glob) {
  const auto letters = std::ranges::count_if(glob, [](char c) { return c != '*' && c != '?' && c != '.'; });
  return glob.find('/') == std::string_view::npos && letters > 5;
}

void read_loads(const std::vector<WheelEdit>& wheels, std::vector<WheelCode>& codes, unsigned jobs) {
  std::vector<std::pair<std::size_t, std::string>> files;
  for (std::size_t i = 0; i < wheels.size(); ++i) {
    if (codes[i].loads) continue;
    codes[i].loads.emplace();
    for (auto& file : python_files(wheels[i])) files.emplace_back(i, std::move(file));
  }
  std::vector<std::optional<FileLoads>> found(files.size());
  for_each_parallel(files.size(), jobs, [&](std::size_t i) {
    found[i] = read_file(wheels[files[i].first], files[i].second);
  });
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto& code = codes[files[i].first];
    code.is_whole = code.is_whole && found[i];
    if (found[i] && !found[i]->is_empty()) code.loads->push_back(std::move(*found[i]));
  }
}

}  // namespace wheelfix
